using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Vmm.Core.Interop;

namespace Vmm.Core.Sockets;

/// <summary>A connected stream socket that never waits, never throws, and allocates nothing. Used by one thread at a time.</summary>
public sealed class StreamSocket : IDisposable
{
    /// <summary>A transfer that would have to wait.</summary>
    public const int WouldBlock = -1;

    /// <summary>A transfer on a broken connection.</summary>
    public const int Broken = -2;

    private readonly SafeFileHandle _handle;

    private StreamSocket(int file)
    {
        File = file;
        _handle = new SafeFileHandle(file, ownsHandle: true);
    }

    /// <summary>Its descriptor, open as long as this is.</summary>
    internal int File { get; }

    /// <summary>Accepts a client.</summary>
    /// <returns>Null when there is none.</returns>
    public static StreamSocket? Accept(Socket listener) => Of(Libc.Accept((int)listener.Handle));

    /// <summary>Connects to a unix socket.</summary>
    /// <param name="path">Its name in UTF-8.</param>
    /// <param name="isBusy">Whether somebody listens there and has too many clients waiting: there may be room later.</param>
    /// <returns>Null when nobody listens there.</returns>
    public static StreamSocket? Connect(ReadOnlySpan<byte> path, out bool isBusy)
    {
        int result = Libc.ConnectUnix(path);
        isBusy = result == -Libc.EAGAIN;
        return Of(result);
    }

    /// <summary>Receives what is there.</summary>
    /// <returns>The number of bytes, 0 at the end, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public int Receive(Span<byte> buffer) => Result(Libc.Receive(File, buffer));

    /// <summary>Sends as much as there is room for.</summary>
    /// <returns>The number of bytes, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public int Send(ReadOnlySpan<byte> data) => Result(Libc.Send(File, data));

    /// <summary>Ends what is sent; the other side reads on to the end.</summary>
    public void ShutdownSend() => Libc.Shutdown(File, Libc.ShutdownSend);

    /// <summary>Receives no more; the other side cannot send.</summary>
    public void ShutdownReceive() => Libc.Shutdown(File, Libc.ShutdownReceive);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static StreamSocket? Of(int file) => file >= 0 ? new StreamSocket(file) : null;

    private static int Result(int result) => result >= 0 ? result : result is -Libc.EAGAIN or -Libc.EINTR ? WouldBlock : Broken;
}
