using System.Net.Sockets;
using System.Text;

namespace Vmm.Host.Running.Records;

/// <summary>A datagram socket of somebody who wants to be told, as in sd_notify(3). Nobody who listens is no reason to fail, and nobody is waited for.</summary>
/// <param name="path">Where; one that begins with '@' is in the abstract namespace.</param>
internal sealed class NotifySocket(string path)
{
    private const char Abstract = '@';

    /// <summary>The socket that a variable of the environment names; null for none. The variable is taken out: no child of this process speaks for it.</summary>
    internal static NotifySocket? FromEnvironment(string variable)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return string.IsNullOrEmpty(path) ? null : new NotifySocket(path);
    }

    /// <summary>Sends a message.</summary>
    internal void Send(string message)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(path.StartsWith(Abstract) ? '\0' + path[1..] : path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Nobody listens, or somebody who does not keep up.
        }
    }
}
