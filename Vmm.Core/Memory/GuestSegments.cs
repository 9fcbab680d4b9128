namespace Vmm.Core.Memory;

/// <summary>Copies between host memory and runs of guest memory.</summary>
public static class GuestSegments
{
    /// <summary>Number of bytes in runs.</summary>
    public static long LengthOf(ReadOnlySpan<GuestSegment> segments)
    {
        long length = 0;
        foreach (GuestSegment segment in segments)
        {
            length += segment.Length;
        }

        return length;
    }

    /// <summary>Copies bytes out of guest memory.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="segments">Runs of it, taken as one.</param>
    /// <param name="offset">Position of the first byte in them.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>False when there are fewer, or the guest has taken the memory away.</returns>
    public static bool TryRead(this IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, uint offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryNext(memory, ref segments, ref offset, destination.Length, out Span<byte> part))
            {
                return false;
            }

            part.CopyTo(destination);
            destination = destination[part.Length..];
        }

        return true;
    }

    /// <summary>Copies bytes into guest memory.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="segments">Runs of it, taken as one.</param>
    /// <param name="offset">Position of the first byte in them.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False when there is less room, or the guest has taken the memory away.</returns>
    public static bool TryWrite(this IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, uint offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (!TryNext(memory, ref segments, ref offset, source.Length, out Span<byte> part))
            {
                return false;
            }

            source[..part.Length].CopyTo(part);
            source = source[part.Length..];
        }

        return true;
    }

    // The next run of bytes behind an offset, no longer than what is wanted.
    private static bool TryNext(IDeviceMemory memory, ref ReadOnlySpan<GuestSegment> left, ref uint offset, int wanted, out Span<byte> part)
    {
        while (!left.IsEmpty)
        {
            GuestSegment segment = left[0];
            left = left[1..];
            if (offset < (uint)segment.Length)
            {
                uint skipped = offset;
                offset = 0;
                return memory.TryGetSpan(segment.Gpa + skipped, Math.Min(wanted, segment.Length - (int)skipped), out part);
            }

            offset -= (uint)segment.Length;
        }

        part = default;
        return false;
    }
}
