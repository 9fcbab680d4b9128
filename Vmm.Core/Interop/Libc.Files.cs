using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>The calls that disks need.</summary>
internal static unsafe partial class Libc
{
    internal const int EOPNOTSUPP = 95;

    private const int SeekEnd = 2;
    private const int FallocZeroRange = 0x10;

    /// <returns>The size of a file or block device; negative when it has none.</returns>
    internal static long SeekToEnd(int file) => lseek(file, 0, SeekEnd);

    internal static bool SyncData(int file) => fdatasync(file) == 0;

    internal static bool TryPunchHole(int file, ulong offset, ulong size) => fallocate(file, FallocPunchHole | FallocKeepSize, (long)offset, (long)size) == 0;

    internal static bool TryZeroRange(int file, ulong offset, ulong size) => fallocate(file, FallocZeroRange | FallocKeepSize, (long)offset, (long)size) == 0;

    internal static bool LastErrorIsNotSupported() => Marshal.GetLastPInvokeError() is EOPNOTSUPP or ENODEV;

    internal static long WriteAt(int file, ReadOnlySpan<byte> data, ulong offset)
    {
        fixed (byte* first = data)
        {
            IoVector vector = new() { Base = first, Length = (nuint)data.Length };
            return WriteVectors(file, &vector, 1, offset);
        }
    }

    internal static long ReadVectors(int file, IoVector* vectors, int count, ulong offset)
    {
        long moved;
        do
        {
            moved = preadv(file, vectors, count, (long)offset);
        }
        while (moved < 0 && Marshal.GetLastPInvokeError() == EINTR);
        return moved;
    }

    internal static long WriteVectors(int file, IoVector* vectors, int count, ulong offset)
    {
        long moved;
        do
        {
            moved = pwritev(file, vectors, count, (long)offset);
        }
        while (moved < 0 && Marshal.GetLastPInvokeError() == EINTR);
        return moved;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(int file, long offset, int whence);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fdatasync(int file);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long preadv(int file, IoVector* vectors, int count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long pwritev(int file, IoVector* vectors, int count, long offset);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public void* Base;
        public nuint Length;
    }
}
