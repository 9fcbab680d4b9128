namespace Vmm.Core.Buses;

/// <summary>The buses of a machine with all its devices attached.</summary>
public sealed class DeviceBuses
{
    private DeviceBuses(PortBus ports, MmioBus mmio, IReadOnlyList<AttachedDevice> devices)
    {
        Ports = ports;
        Mmio = mmio;
        Devices = devices;
    }

    /// <summary>Port I/O.</summary>
    public PortBus Ports { get; }

    /// <summary>Memory-mapped I/O.</summary>
    public MmioBus Mmio { get; }

    /// <summary>The devices with their counters, in the order in which they were given.</summary>
    public IReadOnlyList<AttachedDevice> Devices { get; }

    /// <summary>Puts devices on the buses, once and for the life of the machine.</summary>
    /// <param name="devices">All devices of the machine; one that implements neither <see cref="IPortDevice"/> nor <see cref="IMmioDevice"/> is allowed.</param>
    /// <param name="faults">Where devices that throw are reported.</param>
    /// <exception cref="BusConflictException">Names or ranges collide, or a range is invalid; holds every conflict there is.</exception>
    public static DeviceBuses Assemble(IEnumerable<Device> devices, BusFaults faults)
    {
        AttachedDevice[] attached = [.. devices.Select(device => new AttachedDevice(device))];
        PortMapping[] ports = [.. attached.SelectMany(PortsOf)];
        MmioMapping[] mmio = [.. attached.SelectMany(MmioOf)];

        BusConflict[] conflicts =
        [
            .. BusConflicts.InNames(attached),
            .. BusConflicts.InPorts(ports),
            .. BusConflicts.InMmio(attached.SelectMany(one => RangesOf(one.Device))),
        ];
        if (conflicts.Length != 0)
        {
            throw new BusConflictException(conflicts);
        }

        foreach (AttachedDevice one in attached)
        {
            one.Device.Faulted = (work, exception) => faults.Report(one, work, exception);
        }

        IMmioBridge[] bridges = [.. attached.Select(one => one.Device).OfType<IMmioBridge>()];
        Array.ForEach(bridges, bridge => bridge.Attach(attached));
        return new DeviceBuses(new PortBus(ports, faults), new MmioBus(mmio, bridges, faults), attached);
    }

    /// <summary>All addresses that a device answers at or hands on.</summary>
    public static IEnumerable<(Device Device, MmioRange Range)> RangesOf(Device device)
    {
        IReadOnlyList<MmioRange> own = device is IMmioDevice handler ? handler.MmioRanges : [];
        IReadOnlyList<MmioRange> windows = device is IMmioBridge bridge ? bridge.MmioWindows : [];
        return own.Concat(windows).Select(range => (device, range));
    }

    /// <summary>Returns every device to its power-on state. Call while no vCPU runs.</summary>
    public void Reset()
    {
        foreach (AttachedDevice attached in Devices)
        {
            lock (attached.Device.Gate)
            {
                attached.Device.Reset();
            }
        }
    }

    private static IEnumerable<PortMapping> PortsOf(AttachedDevice attached) => attached.Device is IPortDevice handler
        ? handler.Ports.Select((range, index) => new PortMapping(attached, handler, index, range))
        : [];

    private static IEnumerable<MmioMapping> MmioOf(AttachedDevice attached) => attached.Device is IMmioDevice handler
        ? handler.MmioRanges.Select((range, index) => new MmioMapping(attached, handler, index, range))
        : [];
}
