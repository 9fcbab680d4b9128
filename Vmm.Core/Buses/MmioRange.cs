namespace Vmm.Core.Buses;

/// <summary>A run of guest-physical addresses that no RAM answers.</summary>
/// <param name="First">First address, without the shared bit.</param>
/// <param name="Size">Size in bytes; at least 1.</param>
/// <param name="Name">What the range is, for messages and traces.</param>
public sealed record MmioRange(ulong First, ulong Size, string Name)
{
    /// <summary>Last address of the range.</summary>
    public ulong Last => First + Size - 1;

    /// <inheritdoc/>
    public override string ToString() => $"memory 0x{First:x}-0x{Last:x}";
}
