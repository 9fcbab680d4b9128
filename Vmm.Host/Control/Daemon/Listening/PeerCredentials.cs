using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Who is at the other end of a unix socket: the kernel noted it when the connection was made.</summary>
/// <param name="Pid">The process.</param>
/// <param name="User">Its user.</param>
/// <param name="Groups">Its groups.</param>
internal sealed record PeerCredentials(int Pid, uint User, IReadOnlyList<uint> Groups)
{
    // linux/x86-64: SOL_SOCKET, SO_PEERCRED, SO_PEERGROUPS.
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;
    private const int PeerGroupsOption = 59;

    // NGROUPS_MAX is 65536; nobody is in so many. With more the kernel refuses, and the main group alone counts.
    private const int MostGroups = 1024;

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="SocketException">It is no unix socket.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<uint> credentials = stackalloc uint[3];
        socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, MemoryMarshal.AsBytes(credentials));
        return new PeerCredentials((int)credentials[0], credentials[1], [credentials[2], .. GroupsOf(socket)]);
    }

    public override string ToString() => $"user {User}, process {Pid}";

    private static uint[] GroupsOf(Socket socket)
    {
        uint[] groups = new uint[MostGroups];
        try
        {
            int bytes = socket.GetRawSocketOption(SocketLevel, PeerGroupsOption, MemoryMarshal.AsBytes(groups.AsSpan()));
            return groups[..(bytes / sizeof(uint))];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
