namespace Vmm.Core.Buses;

/// <summary>A run of I/O ports.</summary>
/// <param name="First">First port.</param>
/// <param name="Count">Number of ports; at least 1, and the last one is at most 0xFFFF.</param>
/// <param name="Name">What the range is, for messages and traces.</param>
public sealed record PortRange(ushort First, int Count, string Name)
{
    /// <summary>Last port of the range.</summary>
    public int Last => First + Count - 1;

    /// <inheritdoc/>
    public override string ToString() => Count == 1 ? $"port 0x{First:x}" : $"ports 0x{First:x}-0x{Last:x}";
}
