namespace Vmm.Core.Buses;

/// <summary>Port I/O of a machine. What is where is one immutable map, which is replaced as a whole when a device comes or goes.</summary>
public sealed class PortBus : Bus
{
    private volatile PortMap _map;

    internal PortBus(IReadOnlyList<PortMapping> mappings, BusFaults faults)
        : base("port", sizeof(uint), faults) => _map = new PortMap(mappings);

    /// <summary>Puts other devices on the bus. An access that is under way still reaches the device it found.</summary>
    internal void Replace(IReadOnlyList<PortMapping> mappings) => _map = new PortMap(mappings);

    private protected override BusMapping? Find(ulong address) => _map.Find(address);
}
