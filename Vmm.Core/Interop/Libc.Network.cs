using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>The calls that packets need.</summary>
internal static unsafe partial class Libc
{
    internal const int EBADFD = 77;

    internal const short PollIn = 1;
    internal const short PollOut = 4;

    private const int CloseOnExec = 0x8_0000;
    private const int OpenReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const int Forever = -1;
    private const int LocalSockets = 1;
    private const int StreamSockets = 1;
    private const int SetDescriptorFlags = 2;

    /// <returns>A descriptor whose calls do not wait; negative when it cannot be opened, and the error is the last one.</returns>
    internal static int OpenNonBlocking(string path) => open(path, OpenReadWrite | NonBlocking | CloseOnExec);

    /// <returns>The number of a network interface; 0 when there is none of that name.</returns>
    internal static uint InterfaceIndex(string name) => if_nametoindex(name);

    /// <returns>Whether the kernel did what was asked; if not, the error is the last one.</returns>
    internal static bool TryControl<T>(int file, uint request, ref T argument)
        where T : unmanaged
    {
        fixed (T* first = &argument)
        {
            return ioctl(file, request, first) >= 0;
        }
    }

    internal static bool TryControl(int file, uint request, nint argument) => ioctl(file, request, (void*)argument) >= 0;

    /// <summary>Makes a pair of connected stream sockets.</summary>
    /// <returns>One that a process started from here does not inherit, and one that it does.</returns>
    /// <exception cref="IOException">There can be no more files.</exception>
    internal static (int Ours, int Theirs) CreateSocketPair()
    {
        int* pair = stackalloc int[2];
        if (socketpair(LocalSockets, StreamSockets | CloseOnExec, 0, pair) < 0 || fcntl(pair[1], SetDescriptorFlags, 0) < 0)
        {
            throw new IOException($"socketpair: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return (pair[0], pair[1]);
    }

    /// <summary>Waits until one of two descriptors is ready. One that is negative never is.</summary>
    /// <returns>Whether the first one can be read.</returns>
    internal static bool PollBoth(int first, int second, short secondEvents)
    {
        PollEntry* entries = stackalloc PollEntry[] { new() { File = first, Events = PollIn }, new() { File = second, Events = secondEvents } };
        while (poll(entries, 2, Forever) < 0 && Marshal.GetLastPInvokeError() == EINTR)
        {
            // Again: a signal was in the way.
        }

        return entries[0].Results != 0;
    }

    internal static long Read(int file, Span<byte> data)
    {
        fixed (byte* first = data)
        {
            return read(file, first, (nuint)data.Length);
        }
    }

    internal static long Write(int file, ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data)
        {
            return write(file, first, (nuint)data.Length);
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial long readv(int file, IoVector* vectors, int count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial long writev(int file, IoVector* vectors, int count);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long read(int file, void* data, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long write(int file, void* data, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ioctl(int file, nuint request, void* argument);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(int file, int command, nint argument);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Results;
    }
}
