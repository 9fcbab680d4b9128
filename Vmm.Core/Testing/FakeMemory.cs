using Vmm.Core.Memory;

namespace Vmm.Core.Testing;

/// <summary>Guest memory from address 0 up, shared with devices except where a test makes it private.</summary>
/// <param name="size">Size in bytes; a multiple of <see cref="PageSize"/>.</param>
public sealed class FakeMemory(int size = 1 << 20) : IDeviceMemory
{
    /// <summary>Size of the pages that are shared or private.</summary>
    public const int PageSize = 4096;

    // Pinned, for guest memory does not move: devices hand its addresses to the host's kernel.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(size, pinned: true);
    private readonly bool[] _private = new bool[size / PageSize];

    /// <summary>Size in bytes.</summary>
    public int Size => _bytes.Length;

    /// <summary>What the guest sees; private pages included.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>Converts a page.</summary>
    /// <param name="gpa">Any address in it.</param>
    /// <param name="shared">Whether devices can reach it from now on.</param>
    public void Convert(ulong gpa, bool shared) => _private[gpa / PageSize] = !shared;

    /// <inheritdoc/>
    public bool TryGetSpan(ulong gpa, int length, out Span<byte> span)
    {
        span = default;
        if (length < 0 || gpa >= (ulong)_bytes.Length || length > _bytes.Length - (int)gpa)
        {
            return false;
        }

        int last = ((int)gpa + Math.Max(length, 1) - 1) / PageSize;
        if (_private.AsSpan((int)gpa / PageSize, last - ((int)gpa / PageSize) + 1).Contains(true))
        {
            return false;
        }

        span = _bytes.AsSpan((int)gpa, length);
        return true;
    }
}
