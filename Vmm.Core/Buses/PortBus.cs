namespace Vmm.Core.Buses;

/// <summary>Port I/O of a machine. Immutable.</summary>
public sealed class PortBus : Bus
{
    private const int PortCount = 0x10000;

    private readonly ushort[] _slots = new ushort[PortCount]; // port → index into _mappings; 0: unclaimed
    private readonly PortMapping?[] _mappings;

    internal PortBus(IReadOnlyList<PortMapping> mappings, BusFaults faults)
        : base("port", sizeof(uint), faults)
    {
        _mappings = [null, .. mappings];
        for (int slot = 1; slot < _mappings.Length; slot++)
        {
            PortRange range = _mappings[slot]!.Range;
            _slots.AsSpan(range.First, range.Count).Fill((ushort)slot);
        }
    }

    private protected override BusMapping? Find(ulong address) => address < PortCount ? _mappings[_slots[address]] : null;
}
