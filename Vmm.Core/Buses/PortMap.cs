namespace Vmm.Core.Buses;

/// <summary>Which device answers at which port. Immutable.</summary>
internal sealed class PortMap
{
    private const int PortCount = 0x10000;

    private readonly ushort[] _slots = new ushort[PortCount]; // port → index into _mappings; 0: unclaimed
    private readonly PortMapping?[] _mappings;

    internal PortMap(IReadOnlyList<PortMapping> mappings)
    {
        _mappings = [null, .. mappings];
        for (int slot = 1; slot < _mappings.Length; slot++)
        {
            PortRange range = _mappings[slot]!.Range;
            _slots.AsSpan(range.First, range.Count).Fill((ushort)slot);
        }
    }

    /// <summary>The range that a port is in; null for none, and beyond the last port.</summary>
    internal PortMapping? Find(ulong port) => port < PortCount ? _mappings[_slots[port]] : null;
}
