using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Sockets;

/// <summary>
/// A unix socket that listens, and nothing more yet: clients that come before it is served wait. Whoever finds the file can connect. A file that a
/// dead process has left behind is replaced; a socket that somebody serves is not.
/// </summary>
public sealed class ListeningSocket : IDisposable
{
    private const int Backlog = 128;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Socket _socket;

    private ListeningSocket(Socket socket, string path)
    {
        _socket = socket;
        Path = path;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its descriptor, which stays this object's.</summary>
    public nint Handle => _socket.Handle;

    /// <summary>Waits for somebody who wants to be served.</summary>
    /// <returns>Whether there is one.</returns>
    public bool IsWaitedFor(TimeSpan patience) => _socket.Poll(patience, SelectMode.SelectRead);

    /// <summary>Begins to listen.</summary>
    /// <param name="path">Where.</param>
    /// <param name="mode">Who may connect; from the very beginning.</param>
    /// <exception cref="UserErrorException">That is impossible there.</exception>
    public static ListeningSocket Bind(string path, UnixFileMode mode = OwnerOnly)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            CheckFree(path, AddressOf(path));
            string temporary = $"{path}.new";
            UnixDomainSocketEndPoint address = AddressOf(temporary);
            File.Delete(temporary);

            // The file that bind makes takes its mode from the socket.
            File.SetUnixFileMode(new SafeFileHandle(socket.Handle, ownsHandle: false), mode);
            socket.Bind(address);
            socket.Listen(Backlog);
            File.Move(temporary, path, overwrite: true);
            return new ListeningSocket(socket, path);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot listen there: {Explain(path, e)}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends listening and removes the file.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }

    private static UnixDomainSocketEndPoint AddressOf(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(System.IO.Path.GetFullPath(path));
        }
        catch (ArgumentException)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot listen there: the path of a socket has at most 103 bytes; choose a shorter one");
        }
    }

    private static void CheckFree(string path, UnixDomainSocketEndPoint address)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(address);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot listen there: there is a file, and it is no socket");
        }

        throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot listen there: another process does");
    }

    private static bool IsSocket(string path)
    {
        const int NoSuchDevice = 6; // ENXIO, which is what open(2) says of a socket
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException e)
        {
            return e.HResult == NoSuchDevice;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Explain(string path, Exception failure) => failure switch
    {
        _ when System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder) => "its folder does not exist",
        SocketException { SocketErrorCode: SocketError.AccessDenied } or UnauthorizedAccessException => "permission denied",
        _ => failure.Message,
    };
}
