using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Core.Interop;

/// <summary>The few libc calls that guest memory, vCPU threads and /dev/kvm need. Numbers are those of linux/x86-64.</summary>
internal static unsafe partial class Libc
{
    internal const int ProtNone = 0;
    internal const int ProtReadWrite = 1 | 2;

    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int ENXIO = 6;
    internal const int E2BIG = 7;
    internal const int EAGAIN = 11;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EFAULT = 14;
    internal const int EBUSY = 16;
    internal const int ENODEV = 19;
    internal const int EINVAL = 22;
    internal const int ENFILE = 23;
    internal const int EMFILE = 24;
    internal const int ENOSYS = 38;

    private const string Library = "libc";
    private const int MapShared = 1;
    private const int MapPrivate = 2;
    private const int MapAnonymousFlag = 0x20;
    private const int MapNoReserve = 0x4000;
    private const uint MemoryFileCloseOnExec = 1;
    private const int MadvDontNeed = 4;
    private const int MadvHugePage = 14;
    private const int FallocKeepSize = 1;
    private const int FallocPunchHole = 2;
    private const int SigBlock = 0;

    internal static int CreateMemoryFile(string name, ulong size)
    {
        int file = memfd_create(name, MemoryFileCloseOnExec);
        if (file < 0 || ftruncate(file, (long)size) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            Close(file);
            throw new HostMemoryException($"allocating {size >> 20} MiB of guest memory", errno, "ask for less memory");
        }

        return file;
    }

    /// <returns>The address, or a negated error number.</returns>
    internal static nint TryMapFile(int file, ulong size, int protection)
    {
        nint address = (nint)mmap(null, (nuint)size, protection, MapShared, file, 0);
        return address == -1 ? -Marshal.GetLastPInvokeError() : address;
    }

    internal static byte* MapFile(int file, ulong size, int protection) => Checked(mmap(null, (nuint)size, protection, MapShared | MapNoReserve, file, 0), size);

    internal static byte* MapAnonymous(ulong size, int protection) =>
        Checked(mmap(null, (nuint)size, protection, MapPrivate | MapAnonymousFlag | MapNoReserve, -1, 0), size);

    internal static void Unmap(byte* address, ulong size)
    {
        if (address is not null)
        {
            _ = munmap(address, (nuint)size);
        }
    }

    internal static void Protect(byte* address, ulong size, int protection)
    {
        if (mprotect(address, (nuint)size, protection) < 0)
        {
            throw new HostMemoryException(
                "converting guest pages", Marshal.GetLastPInvokeError(), "scattered conversions need many mappings: raise sysctl vm.max_map_count");
        }
    }

    // Huge pages are an optimisation: a kernel without them is no error.
    internal static void AdviseHugePages(byte* address, ulong size) => _ = madvise(address, (nuint)size, MadvHugePage);

    // Of a file that nothing was written to: what is touched again is mapped from the file again.
    internal static bool TryDiscardFilePages(ulong address, ulong size) => madvise((void*)address, (nuint)size, MadvDontNeed) == 0;

    internal static void DiscardAnonymous(byte* address, ulong size)
    {
        if (madvise(address, (nuint)size, MadvDontNeed) < 0)
        {
            throw new HostMemoryException("discarding guest pages", Marshal.GetLastPInvokeError(), "this should not happen: please report it");
        }
    }

    internal static void PunchHole(int file, ulong offset, ulong size)
    {
        if (fallocate(file, FallocPunchHole | FallocKeepSize, (long)offset, (long)size) < 0)
        {
            throw new HostMemoryException("discarding guest pages", Marshal.GetLastPInvokeError(), "this should not happen: please report it");
        }
    }

    internal static void Close(int file)
    {
        if (file >= 0)
        {
            _ = close(file);
        }
    }

    private static byte* Checked(void* address, ulong size) => (nint)address != -1
        ? (byte*)address
        : throw new HostMemoryException($"mapping {size >> 20} MiB of guest memory", Marshal.GetLastPInvokeError(), "ask for less memory");

    internal static int CurrentThreadId() => gettid();

    internal static ulong BlockSignals(ulong signals)
    {
        SignalSet set = default;
        SignalSet before = default;
        set[0] = signals;
        _ = pthread_sigmask(SigBlock, &set, &before);
        return before[0];
    }

    internal static void SignalThread(int thread, int signal) => _ = tgkill(Environment.ProcessId, thread, signal);

    internal static void DrainSignals(ulong signals)
    {
        SignalSet set = default;
        set[0] = signals;
        Timespec now = default;
        while (sigtimedwait(&set, null, &now) > 0)
        {
            // One kick a round: more than one means that several threads kicked.
        }
    }

    [LibraryImport(Library)]
    private static partial int gettid();

    [LibraryImport(Library)]
    private static partial int tgkill(int process, int thread, int signal);

    [LibraryImport(Library)]
    private static partial int pthread_sigmask(int how, SignalSet* set, SignalSet* before);

    [LibraryImport(Library)]
    private static partial int sigtimedwait(SignalSet* set, void* info, Timespec* timeout);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ftruncate(int file, long size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fallocate(int file, int mode, long offset, long size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial void* mmap(void* address, nuint size, int protection, int flags, int file, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int munmap(void* address, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mprotect(void* address, nuint size, int protection);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int madvise(void* address, nuint size, int advice);

    [LibraryImport(Library)]
    private static partial int close(int file);

    // sigset_t of glibc: 1024 bits.
    [InlineArray(16)]
    private struct SignalSet
    {
        private ulong _element;
    }

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
