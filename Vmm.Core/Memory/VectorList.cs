using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Memory;

/// <summary>Runs of guest and host memory for one readv or writev, as packets need it. Made once and filled for one call after the other, by one thread.</summary>
/// <remarks>Guest memory does not move: <see cref="IDeviceMemory"/> says so, and its addresses can be passed to the kernel.</remarks>
internal sealed unsafe class VectorList
{
    private const int Capacity = 1024; // UIO_MAXIOV

    private readonly Libc.IoVector[] _vectors = GC.AllocateArray<Libc.IoVector>(Capacity, pinned: true);
    private int _count;

    /// <summary>Number of bytes in all runs.</summary>
    public ulong Length { get; private set; }

    /// <summary>Forgets all runs.</summary>
    public void Clear() => (_count, Length) = (0, 0);

    /// <summary>Adds runs of guest memory.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="segments">The runs.</param>
    /// <param name="skip">Bytes at their start that are left out.</param>
    /// <returns>False when they are too many, or the guest has taken the memory away.</returns>
    public bool TryAdd(IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, uint skip = 0)
    {
        foreach (GuestSegment segment in segments)
        {
            uint skipped = Math.Min(skip, (uint)segment.Length);
            skip -= skipped;
            if (skipped == (uint)segment.Length)
            {
                continue;
            }

            if (_count == Capacity || !memory.TryGetSpan(segment.Gpa + skipped, segment.Length - (int)skipped, out Span<byte> span))
            {
                return false;
            }

            Add(span);
        }

        return true;
    }

    /// <summary>Adds a pinned array.</summary>
    /// <returns>False when there are too many runs already.</returns>
    public bool TryAddPinned(byte[] bytes)
    {
        if (_count == Capacity)
        {
            return false;
        }

        Add(bytes);
        return true;
    }

    /// <summary>Reads once.</summary>
    /// <returns>Number of bytes, or a negated error number.</returns>
    public long Read(int file)
    {
        fixed (Libc.IoVector* first = _vectors)
        {
            return Result(Libc.readv(file, first, _count));
        }
    }

    /// <summary>Writes once.</summary>
    /// <returns>Number of bytes, or a negated error number.</returns>
    public long Write(int file)
    {
        fixed (Libc.IoVector* first = _vectors)
        {
            return Result(Libc.writev(file, first, _count));
        }
    }

    private static long Result(long moved) => moved < 0 ? -Marshal.GetLastPInvokeError() : moved;

    private void Add(Span<byte> bytes)
    {
        _vectors[_count++] = new Libc.IoVector { Base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), Length = (nuint)bytes.Length };
        Length += (ulong)bytes.Length;
    }
}
