namespace Vmm.Core.Buses;

/// <summary>Memory-mapped I/O of a machine. Immutable but for what lies behind bridges.</summary>
public sealed class MmioBus : Bus
{
    private readonly MmioMap _map;
    private readonly IMmioBridge[] _bridges;

    internal MmioBus(IReadOnlyList<MmioMapping> mappings, IEnumerable<IMmioBridge> bridges, BusFaults faults)
        : base("memory", sizeof(ulong), faults)
    {
        _map = new MmioMap(mappings);
        _bridges = [.. bridges];
    }

    private protected override BusMapping? Find(ulong address) => _map.Find(address) ?? FindBehindBridges(address);

    private MmioMapping? FindBehindBridges(ulong gpa)
    {
        foreach (IMmioBridge bridge in _bridges)
        {
            if (bridge.Behind.Find(gpa) is { } mapping)
            {
                return mapping;
            }
        }

        return null;
    }
}
