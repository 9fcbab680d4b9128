using System.Buffers.Binary;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>
/// PCI bus 0 with its host bridge: configuration space by ports 0xCF8 and 0xCFC and by ECAM, and the windows in which functions answer.
/// </summary>
/// <remarks>
/// The functions have the places 00:01.0, 00:02.0 and so on, in the order in which they are given. BARs have addresses after a reset already, and the
/// guest may move them: each configuration write that moves one replaces the map of what lies where, which accesses read without a lock. Interrupts
/// are MSI-X only: no function has an interrupt pin, so that ACPI needs no _PRT.
/// </remarks>
public sealed class PciHost : Device, IPortDevice, IMmioDevice, IMmioBridge, IAcpiContributor, IAcpiTableProvider
{
    private const int ConfigPortsRange = 0;
    private const int DataPort = 4;
    private const byte AllOnes = 0xFF;

    // PCI Express Base 5.0, 7.2.2: bus in bits 27:20, device and function in 19:12.
    private const int EcamFunctionShift = 12;
    private const int EcamFunctionSize = 1 << EcamFunctionShift;

    private const int DeviceShift = 3;
    private const int FunctionMask = (1 << DeviceShift) - 1;
    private const int DeviceCount = 32;

    private readonly Device[] _devices;
    private readonly PciSlot[] _slots;
    private readonly AttachedDevice?[] _attached;
    private ConfigAddress _address;
    private readonly IDoorbells? _doorbells;
    private HashSet<(Doorbell Bell, ulong Address)> _connected = [];
    private MmioMap _behind = MmioMap.Empty;

    /// <summary>Makes a bus.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="functions">The devices that are functions, in the order of their places; at most 31.</param>
    /// <param name="lines">Makes the lines of their interrupts.</param>
    /// <param name="doorbells">Takes the writes to their doorbells, where something can.</param>
    /// <exception cref="PciBusException">There are too many, or one declares what cannot be.</exception>
    public PciHost(string name, IEnumerable<Device> functions, IMsiLines lines, IDoorbells? doorbells = null)
        : base(name)
    {
        _doorbells = doorbells;
        _devices = [new HostBridge(), .. functions];
        if (_devices.Length > DeviceCount)
        {
            throw new PciBusException($"a PCI bus has room for {DeviceCount - 1} devices, and {_devices.Length - 1} are configured");
        }

        _attached = new AttachedDevice?[_devices.Length];
        _slots = Array.ConvertAll(_devices, device => new PciSlot(device, lines));
        Dictionary<PciBar, ulong> places = BarPlacement.Place([.. _slots.SelectMany(slot => slot.Bars)]);
        Array.ForEach(_slots, slot => slot.Configure(places));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PortRange> Ports { get; } = [PciAddressMap.ConfigPorts, PciAddressMap.Io];

    /// <inheritdoc/>
    public IReadOnlyList<MmioRange> MmioRanges { get; } = [PciAddressMap.Ecam];

    /// <inheritdoc/>
    public IReadOnlyList<MmioRange> MmioWindows { get; } = [PciAddressMap.Memory];

    /// <inheritdoc/>
    public MmioMap Behind => Volatile.Read(ref _behind);

    /// <inheritdoc/>
    public IReadOnlyList<AcpiTable> AcpiTables => [Mcfg.Create()];

    /// <inheritdoc/>
    public void Attach(IReadOnlyList<AttachedDevice> devices)
    {
        for (int i = 0; i < _devices.Length; i++)
        {
            _attached[i] = devices.FirstOrDefault(attached => attached.Device == _devices[i]);
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _address = default;
        Array.ForEach(_slots, slot => slot.Reset());
        Remap();
    }

    /// <inheritdoc/>
    public void ReadPort(int range, int offset, Span<byte> data)
    {
        if (range == ConfigPortsRange)
        {
            ReadConfigPort(offset, data);
            return;
        }

        ushort port = (ushort)(PciAddressMap.Io.First + offset);
        foreach (PciSlot slot in _slots)
        {
            if (slot.TryReadPort(port, data))
            {
                return;
            }
        }

        data.Fill(AllOnes);
    }

    /// <inheritdoc/>
    public void WritePort(int range, int offset, ReadOnlySpan<byte> data)
    {
        if (range == ConfigPortsRange)
        {
            WriteConfigPort(offset, data);
            return;
        }

        ushort port = (ushort)(PciAddressMap.Io.First + offset);
        foreach (PciSlot slot in _slots)
        {
            if (slot.TryWritePort(port, data))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void ReadMmio(int range, ulong offset, Span<byte> data) => ReadConfig((int)offset >> EcamFunctionShift, (int)offset % EcamFunctionSize, data);

    /// <inheritdoc/>
    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data) => WriteConfig((int)offset >> EcamFunctionShift, (int)offset % EcamFunctionSize, data);

    /// <inheritdoc/>
    public void Describe(AmlBuilder systemBus)
    {
        ArgumentNullException.ThrowIfNull(systemBus);
        MmioRange memory = PciAddressMap.Memory;
        systemBus.Device("PCI0", bridge => bridge
            .Name("_HID", AmlData.EisaId("PNP0A08"))
            .Name("_CID", AmlData.EisaId("PNP0A03"))
            .Name("_SEG", AmlData.Integer(0))
            .Name("_BBN", AmlData.Integer(0))
            .Name("_UID", AmlData.Integer(0))
            .Name("_CRS", new ResourceTemplate()
                .BusWindow(0, PciAddressMap.BusCount - 1)
                .Io(PciAddressMap.ConfigPorts.First, (byte)PciAddressMap.ConfigPorts.Count)
                .IoWindow(PciAddressMap.Io.First, (ushort)PciAddressMap.Io.Last)
                .MemoryWindow32((uint)memory.First, (uint)memory.Last)));

        // PCI Firmware 3.2, 4.1.2: ECAM is reserved by a motherboard resource; Linux does not use it otherwise.
        systemBus.Device("ECAM", resources => resources
            .Name("_HID", AmlData.EisaId("PNP0C02"))
            .Name("_CRS", new ResourceTemplate().Memory32((uint)PciAddressMap.Ecam.First, (uint)PciAddressMap.Ecam.Size)));
    }

    // 3.2.2.3.2: CONFIG_ADDRESS answers doublewords only; narrower accesses are other registers, which this machine has not.
    private void ReadConfigPort(int offset, Span<byte> data)
    {
        if (offset >= DataPort && _address is { Enabled: true, Bus: < PciAddressMap.BusCount })
        {
            ReadConfig(_address.DeviceFunction, _address.Register + offset - DataPort, data);
        }
        else if (offset == 0 && data.Length == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data, _address.Value);
        }
        else
        {
            data.Fill(AllOnes);
        }
    }

    private void WriteConfigPort(int offset, ReadOnlySpan<byte> data)
    {
        if (offset >= DataPort && _address is { Enabled: true, Bus: < PciAddressMap.BusCount })
        {
            WriteConfig(_address.DeviceFunction, _address.Register + offset - DataPort, data);
        }
        else if (offset == 0 && data.Length == sizeof(uint))
        {
            _address = ConfigAddress.Write(BinaryPrimitives.ReadUInt32LittleEndian(data));
        }
    }

    private void ReadConfig(int deviceFunction, int register, Span<byte> data)
    {
        if (Find(deviceFunction) is { } slot)
        {
            slot.Read(register, data);
        }
        else
        {
            data.Fill(AllOnes);
        }
    }

    private void WriteConfig(int deviceFunction, int register, ReadOnlySpan<byte> data)
    {
        if (Find(deviceFunction) is { } slot && slot.Write(register, data))
        {
            Remap();
        }
    }

    private PciSlot? Find(int deviceFunction) =>
        (deviceFunction & FunctionMask) == 0 && deviceFunction >> DeviceShift < _slots.Length ? _slots[deviceFunction >> DeviceShift] : null;

    // What the old map leaves behind is garbage of some hundred bytes for a configuration write, which costs the guest far more.
    private void Remap()
    {
        IEnumerable<MmioMapping> mappings = _slots.Zip(_attached, (slot, attached) => attached is null ? [] : slot.Decode(attached)).SelectMany(one => one);
        Volatile.Write(ref _behind, new MmioMap(mappings));
        if (_doorbells is not null)
        {
            MoveDoorbells(_doorbells);
        }
    }

    private void MoveDoorbells(IDoorbells doorbells)
    {
        HashSet<(Doorbell Bell, ulong Address)> now = [.. _slots.SelectMany(slot => slot.PlaceDoorbells())];
        foreach ((Doorbell bell, ulong address) in _connected.Except(now))
        {
            doorbells.Disconnect(bell, address);
        }

        foreach ((Doorbell bell, ulong address) in now.Except(_connected))
        {
            doorbells.Connect(bell, address);
        }

        _connected = now;
    }
}
