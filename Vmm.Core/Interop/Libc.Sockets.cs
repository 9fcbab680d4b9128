using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>The calls that sockets served by one thread need. None of them waits, but the one that is for waiting.</summary>
internal static unsafe partial class Libc
{
    internal const uint EpollIn = 1;
    internal const uint EpollOut = 4;
    internal const uint EpollError = 8;
    internal const uint EpollHangUp = 0x10;
    internal const uint EpollEdgeTriggered = 1U << 31;

    internal const int EpollAdd = 1;
    internal const int EpollChange = 3;

    internal const int ShutdownReceive = 0;
    internal const int ShutdownSend = 1;

    private const int UnixFamily = 1;
    private const int StreamType = 1;
    private const int MessageDontWait = 0x40;
    private const int MessageNoSignal = 0x4000;

    /// <returns>A descriptor, or a negated error number.</returns>
    internal static int CreatePoll() => Result(epoll_create1(CloseOnExec));

    /// <returns>0, or a negated error number.</returns>
    internal static int ControlPoll(int poll, int operation, int file, uint events, ulong data)
    {
        PollEvent change = new() { Events = events, Data = data };
        return Result(epoll_ctl(poll, operation, file, &change));
    }

    /// <returns>The number of events, or a negated error number.</returns>
    internal static int WaitForEvents(int poll, Span<PollEvent> events)
    {
        fixed (PollEvent* first = events)
        {
            return Result(epoll_wait(poll, first, events.Length, -1));
        }
    }

    /// <returns>A descriptor, or a negated error number.</returns>
    internal static int Accept(int listener) => Result(accept4(listener, null, null, NonBlocking | CloseOnExec));

    /// <summary>Connects to a unix socket.</summary>
    /// <param name="path">Its name, of at most 107 bytes.</param>
    /// <returns>A descriptor, or a negated error number.</returns>
    internal static int ConnectUnix(ReadOnlySpan<byte> path)
    {
        UnixAddress address = new() { Family = UnixFamily };
        path.CopyTo(new Span<byte>(address.Path, UnixAddress.PathLength - 1));
        int file = Result(socket(UnixFamily, StreamType | NonBlocking | CloseOnExec, 0));
        if (file < 0)
        {
            return file;
        }

        int error = Result(connect(file, &address, sizeof(UnixAddress)));
        if (error < 0)
        {
            Close(file);
            return error;
        }

        return file;
    }

    /// <returns>The number of bytes, 0 at the end, or a negated error number.</returns>
    internal static int Receive(int file, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return Result((int)recv(file, first, (nuint)buffer.Length, MessageDontWait));
        }
    }

    /// <returns>The number of bytes, or a negated error number.</returns>
    internal static int Send(int file, ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data)
        {
            return Result((int)send(file, first, (nuint)data.Length, MessageDontWait | MessageNoSignal));
        }
    }

    internal static void Shutdown(int file, int how) => _ = shutdown(file, how);

    private static int Result(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_ctl(int poll, int operation, int file, PollEvent* change);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_wait(int poll, PollEvent* events, int count, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int accept4(int listener, void* address, void* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int connect(int file, UnixAddress* address, int length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint recv(int file, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint send(int file, void* data, nuint length, int flags);

    [LibraryImport(Library)]
    private static partial int shutdown(int file, int how);

    /// <summary>struct epoll_event, which is packed on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct PollEvent
    {
        public uint Events;
        public ulong Data;
    }

    /// <summary>struct sockaddr_un.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct UnixAddress
    {
        public const int PathLength = 108;

        public ushort Family;
        public fixed byte Path[PathLength];
    }
}
