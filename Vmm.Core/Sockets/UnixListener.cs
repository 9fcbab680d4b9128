using System.Net.Sockets;
using System.Text;

namespace Vmm.Core.Sockets;

/// <summary>A unix socket that listens, and its name in the file system, which goes away with it.</summary>
public sealed class UnixListener : IDisposable
{
    /// <summary>The longest name in bytes: sun_path of sockaddr_un, less its NUL.</summary>
    public const int LongestPath = 107;

    private readonly string _path;

    private UnixListener(string path, Socket socket) => (_path, Socket) = (path, socket);

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>Whether a name is neither empty nor too long.</summary>
    public static bool IsPath(string path) => path.Length != 0 && !path.Contains('\0') && Encoding.UTF8.GetByteCount(path) <= LongestPath;

    /// <summary>Begins to listen. A socket that a process has left behind is replaced; one that is in use, and anything else, is not.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="backlog">Clients that may wait.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static UnixListener Listen(string path, int backlog)
    {
        Socket socket = New();
        try
        {
            if (IsLeftOver(path))
            {
                File.Delete(path);
            }

            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(backlog);
            return new UnixListener(path, socket);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            string reason = e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } ? "it exists, and is in use or no socket"
                : Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) ? e.Message : "its folder does not exist";
            throw new IOException($"{path}: cannot listen there: {reason}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        File.Delete(_path);
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static bool IsLeftOver(string path)
    {
        using Socket probe = New();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused && !CanBeOpened(path);
        }
    }

    // To connect to a file is refused, too; but only sockets cannot be opened (ENXIO).
    private static bool CanBeOpened(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
