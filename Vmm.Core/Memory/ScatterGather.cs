using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Memory;

/// <summary>Transfers between a file of the host and runs of guest memory, in one system call for many of them.</summary>
/// <remarks>Guest memory does not move: <see cref="IDeviceMemory"/> says so, and its addresses can be passed to the kernel.</remarks>
internal static unsafe class ScatterGather
{
    private const int MaximumSegments = 64; // the rest goes with the next call: 1 KiB of stack is enough for any request worth a thought

    /// <summary>Transfers as much as goes in one call.</summary>
    /// <param name="file">Descriptor of the file.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="segments">Runs of it; at least one.</param>
    /// <param name="skip">Bytes of the first one that are done already.</param>
    /// <param name="offset">Position in the file.</param>
    /// <param name="write">Whether the file is written.</param>
    /// <returns>Number of bytes; negative when the host or the guest's memory refuses, 0 at the end of the file.</returns>
    public static long Transfer(int file, IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, int skip, ulong offset, bool write)
    {
        int count = Math.Min(segments.Length, MaximumSegments);
        Libc.IoVector* vectors = stackalloc Libc.IoVector[MaximumSegments];
        for (int i = 0; i < count; i++)
        {
            if (!memory.TryGetSpan(segments[i].Gpa + (ulong)skip, segments[i].Length - skip, out Span<byte> span))
            {
                return -1;
            }

            vectors[i] = new Libc.IoVector { Base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)), Length = (nuint)span.Length };
            skip = 0;
        }

        return write ? Libc.WriteVectors(file, vectors, count, offset) : Libc.ReadVectors(file, vectors, count, offset);
    }
}
