using System.Net.Sockets;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Makes the daemon's unix socket. It is at its path only when its rights are right.</summary>
internal static class UnixListener
{
    private const int Backlog = 512;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Listens at a path. A socket that nobody listens at any more is replaced.</summary>
    /// <param name="path">The path.</param>
    /// <param name="group">The group that may connect; null for none.</param>
    /// <exception cref="UserErrorException">Somebody listens there, or the path cannot be used.</exception>
    public static Socket Open(string path, uint? group)
    {
        if (IsAlive(path))
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: somebody listens there already; end that daemon, or name another socket with --listen");
        }

        Socket socket = New();
        string hidden = $"{path}.{Environment.ProcessId}";
        try
        {
            File.Delete(hidden);
            socket.Bind(new UnixDomainSocketEndPoint(hidden));
            File.SetUnixFileMode(hidden, Owner | (group is null ? 0 : UnixFileMode.GroupRead | UnixFileMode.GroupWrite));
            if (group is { } id)
            {
                UserCalls.GiveToGroup(hidden, id);
            }

            // Only who is connected to is asked for credentials: nobody is before this.
            socket.Listen(Backlog);
            File.Move(hidden, path, overwrite: true);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            File.Delete(hidden);
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot listen there: {e.Message}");
        }
    }

    private static bool IsAlive(string path)
    {
        using Socket probe = New();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
