using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>The bytes of an image, read at random and never beyond their end.</summary>
/// <param name="name">What messages call it: the path of the file.</param>
/// <param name="length">Length in bytes.</param>
public abstract class ImageSource(string name, long length) : IDisposable
{
    // GuestMemory hands out spans, whose length is an int.
    private const int LargestCopy = 1 << 30;

    /// <summary>What messages call the image.</summary>
    public string Name { get; } = name;

    /// <summary>Length in bytes.</summary>
    public long Length { get; } = length;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Whether all of a run of bytes exists; safe against wrap-around.</summary>
    internal bool Contains(ulong offset, ulong size) => new MemoryRange(0, (ulong)Length).Contains(offset, size);

    /// <summary>Fills a buffer.</summary>
    /// <exception cref="BootException">The image ends before (<see cref="BootError.Truncated"/>), or the host cannot read it.</exception>
    internal void Read(ulong offset, Span<byte> destination, string what)
    {
        Require(offset, (ulong)destination.Length, what);
        ReadCore((long)offset, destination);
    }

    /// <summary>Reads a structure in its wire layout.</summary>
    internal T Read<T>(ulong offset, string what)
        where T : unmanaged
    {
        T value = default;
        Read(offset, MemoryMarshal.AsBytes(new Span<T>(ref value)), what);
        return value;
    }

    /// <summary>Copies a run of bytes straight into guest memory, which the caller knows to be RAM.</summary>
    internal void CopyTo(ulong offset, GuestMemory memory, MemoryRange target, string what)
    {
        Require(offset, target.Size, what);
        for (ulong done = 0; done < target.Size;)
        {
            int count = (int)Math.Min(target.Size - done, LargestCopy);
            ReadCore((long)(offset + done), memory.GetSpan(target.Gpa + done, count));
            done += (ulong)count;
        }
    }

    /// <summary>Fills a buffer from a run that lies inside the image.</summary>
    protected abstract void ReadCore(long offset, Span<byte> destination);

    /// <summary>The error of an image that is shorter than it should be.</summary>
    protected BootException Truncated(string what) =>
        new(BootError.Truncated, $"{Name}: truncated: {what} lies beyond the end of the file ({Length} bytes); copy the file again");

    private void Require(ulong offset, ulong size, string what)
    {
        if (!Contains(offset, size))
        {
            throw Truncated(what);
        }
    }
}
