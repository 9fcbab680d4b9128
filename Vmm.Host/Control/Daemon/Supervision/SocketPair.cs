using System.Net.Sockets;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Two sockets that are connected to each other.</summary>
internal static class SocketPair
{
    /// <summary>Makes a pair; the class library has no socketpair.</summary>
    /// <param name="path">A path that nothing is at; nothing is there afterwards.</param>
    public static (Socket One, Socket Other) Create(string path)
    {
        using Socket listener = New();
        listener.Bind(new UnixDomainSocketEndPoint(path));
        Socket one = New();
        try
        {
            listener.Listen(1);
            one.Connect(new UnixDomainSocketEndPoint(path));
            return (one, listener.Accept());
        }
        catch
        {
            one.Dispose();
            throw;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
