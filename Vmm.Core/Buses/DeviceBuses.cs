namespace Vmm.Core.Buses;

/// <summary>The buses of a machine with all its devices attached.</summary>
public sealed class DeviceBuses
{
    private readonly Lock _gate = new();
    private readonly BusFaults _faults;
    private volatile AttachedDevice[] _devices;

    private DeviceBuses(PortBus ports, MmioBus mmio, AttachedDevice[] devices, BusFaults faults)
    {
        Ports = ports;
        Mmio = mmio;
        _devices = devices;
        _faults = faults;
    }

    /// <summary>Port I/O.</summary>
    public PortBus Ports { get; }

    /// <summary>Memory-mapped I/O.</summary>
    public MmioBus Mmio { get; }

    /// <summary>The devices with their counters, in the order in which they came.</summary>
    public IReadOnlyList<AttachedDevice> Devices => _devices;

    /// <summary>Puts devices on the buses.</summary>
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
            .. BusConflicts.InMmio(attached.Select(one => one.Device)),
        ];
        if (conflicts.Length != 0)
        {
            throw new BusConflictException(conflicts);
        }

        Array.ForEach(attached, one => Watch(one, faults));
        IMmioBridge[] bridges = [.. attached.Select(one => one.Device).OfType<IMmioBridge>()];
        Array.ForEach(bridges, bridge => bridge.Attach(attached));
        return new DeviceBuses(new PortBus(ports, faults), new MmioBus(mmio, bridges, faults), attached, faults);
    }

    /// <summary>All addresses that a device answers at or hands on.</summary>
    public static IReadOnlyList<MmioRange> RangesOf(Device device)
    {
        IReadOnlyList<MmioRange> own = device is IMmioDevice handler ? handler.MmioRanges : [];
        IReadOnlyList<MmioRange> windows = device is IMmioBridge bridge ? bridge.MmioWindows : [];
        return [.. own, .. windows];
    }

    /// <summary>Adds a device that answers at ports and nowhere else. Guests may be running.</summary>
    /// <exception cref="BusConflictException">It is in the way of another; nothing was changed.</exception>
    /// <exception cref="ArgumentException">It answers at addresses in memory too.</exception>
    public void Attach(Device device)
    {
        RequirePortsOnly(device);
        lock (_gate)
        {
            AttachedDevice added = new(device);
            AttachedDevice[] devices = [.. _devices, added];
            PortMapping[] ports = [.. devices.SelectMany(PortsOf)];
            BusConflict[] conflicts = [.. BusConflicts.InNames(devices), .. BusConflicts.InPorts(ports)];
            if (conflicts.Length != 0)
            {
                throw new BusConflictException(conflicts);
            }

            Watch(added, _faults);
            _devices = devices;
            Ports.Replace(ports);
        }
    }

    /// <summary>Removes a device that answers at ports and nowhere else. An access that is under way still reaches it, unless no vCPU runs.</summary>
    /// <exception cref="ArgumentException">It is not there, or answers at addresses in memory too.</exception>
    public void Detach(Device device)
    {
        RequirePortsOnly(device);
        lock (_gate)
        {
            AttachedDevice[] devices = [.. _devices.Where(one => one.Device != device)];
            if (devices.Length == _devices.Length)
            {
                throw new ArgumentException($"'{device.Name}' is not on these buses", nameof(device));
            }

            _devices = devices;
            Ports.Replace([.. devices.SelectMany(PortsOf)]);
        }
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

    private static void RequirePortsOnly(Device device)
    {
        if (device is IMmioDevice or IMmioBridge || device is not IPortDevice)
        {
            throw new ArgumentException($"'{device.Name}' does not answer at ports only", nameof(device));
        }
    }

    private static void Watch(AttachedDevice one, BusFaults faults) => one.Device.Faulted = (work, exception) => faults.Report(one, work, exception);

    private static IEnumerable<PortMapping> PortsOf(AttachedDevice attached) => attached.Device is IPortDevice handler
        ? handler.Ports.Select((range, index) => new PortMapping(attached, handler, index, range))
        : [];

    private static IEnumerable<MmioMapping> MmioOf(AttachedDevice attached) => attached.Device is IMmioDevice handler
        ? handler.MmioRanges.Select((range, index) => new MmioMapping(attached, handler, index, range))
        : [];
}
