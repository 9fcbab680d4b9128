using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>One function in its place on the bus: its configuration space, its MSI-X table, and what its BARs answer.</summary>
internal sealed class PciSlot
{
    private readonly Device _device;
    private readonly MsixTable? _msix;
    private readonly (PciBar Bar, IMmioDevice Handler)[] _bars;
    private ConfigSpace? _config;

    /// <summary>Prepares a function.</summary>
    /// <param name="device">A device that is a function.</param>
    /// <param name="lines">Makes the lines of its interrupts.</param>
    /// <exception cref="PciBusException">It declares what cannot be.</exception>
    public PciSlot(Device device, IMsiLines lines)
    {
        _device = device;
        Function = (IPciFunction)device;
        BarAccess registers = new(Function);
        RequireDistinct(device.Name, Function.Bars);
        _bars = [.. Function.Bars.Select(bar => (bar, (IMmioDevice)registers))];
        if (Function.Vectors is { } vectors)
        {
            _msix = new MsixTable(vectors, lines);
            _bars = [.. _bars, (new PciBar(FreeBar(device.Name, Function.Bars), _msix.BarSize, "MSI-X"), _msix)];
        }
    }

    /// <summary>The function.</summary>
    public IPciFunction Function { get; }

    /// <summary>All BARs, with that of MSI-X.</summary>
    public IEnumerable<PciBar> Bars => _bars.Select(one => one.Bar);

    private ConfigSpace Config => _config!;

    /// <summary>Lays out the configuration space, once all BARs have their place.</summary>
    public void Configure(IReadOnlyDictionary<PciBar, ulong> places)
    {
        PciIdentity identity = Function.Identity;
        Type0Header header = new()
        {
            VendorId = identity.VendorId,
            DeviceId = identity.DeviceId,
            Revision = identity.Revision,
            Interface = identity.Class.Interface,
            SubClass = identity.Class.Sub,
            BaseClass = identity.Class.Base,
            SubsystemVendorId = identity.SubsystemVendorId,
            SubsystemId = identity.SubsystemId,
        };
        Type0Header writable = new()
        {
            Command = PciCommand.IoSpace | PciCommand.MemorySpace | PciCommand.BusMaster
                | PciCommand.ParityErrorResponse | PciCommand.SystemErrorEnable | PciCommand.InterruptDisable,
            CacheLineSize = byte.MaxValue,
            InterruptLine = byte.MaxValue,
        };
        foreach (PciBar bar in Bars)
        {
            BarRegister.Declare(bar, places[bar], ref header, ref writable);
        }

        PciCapability[] msix = _msix is null ? [] : [new MsixCapability(_msix, _bars[^1].Bar.Index)];
        _config = new ConfigSpace(header, writable, [.. msix, .. Function.Capabilities]);
    }

    /// <summary>Returns to the state after power-on.</summary>
    public void Reset()
    {
        lock (_device.Gate)
        {
            _msix?.Reset();
            Config.Reset();
        }
    }

    /// <summary>The guest reads configuration space.</summary>
    public void Read(int register, Span<byte> data)
    {
        lock (_device.Gate)
        {
            Config.Read(register, data);
        }
    }

    /// <summary>The guest writes configuration space.</summary>
    /// <returns>Whether the function's registers may have moved.</returns>
    public bool Write(int register, ReadOnlySpan<byte> data)
    {
        lock (_device.Gate)
        {
            Type0Header before = Config.Header;
            Config.Write(register, data);
            ref readonly Type0Header after = ref Config.Header;
            if (_msix is not null && before.Command != after.Command)
            {
                _msix.BusMaster = (after.Command & PciCommand.BusMaster) != 0;
            }

            return before.Command != after.Command || !((ReadOnlySpan<uint>)before.Bars).SequenceEqual(after.Bars);
        }
    }

    /// <summary>The memory that the function answers at now.</summary>
    public IEnumerable<MmioMapping> Decode(AttachedDevice attached) =>
        from one in _bars
        where AnswersMemory(one.Bar)
        select new MmioMapping(attached, one.Handler, one.Bar.Index, new MmioRange(AddressOf(one.Bar), one.Bar.Size, one.Bar.Name));

    /// <summary>The doorbells of the function, where they lie now.</summary>
    public IEnumerable<(Doorbell Bell, ulong Address)> PlaceDoorbells() =>
        from bell in Function.Doorbells
        from bar in Function.Bars
        where bar.Index == bell.Bar && AnswersMemory(bar)
        select (bell, AddressOf(bar) + bell.Offset);

    /// <summary>Finds the I/O BAR that a port lies in.</summary>
    public bool TryReadPort(ushort port, Span<byte> data)
    {
        foreach ((PciBar bar, IMmioDevice handler) in _bars)
        {
            if (Answers(bar, port, data.Length, out ulong offset))
            {
                lock (_device.Gate)
                {
                    handler.ReadMmio(bar.Index, offset, data);
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the I/O BAR that a port lies in.</summary>
    public bool TryWritePort(ushort port, ReadOnlySpan<byte> data)
    {
        foreach ((PciBar bar, IMmioDevice handler) in _bars)
        {
            if (Answers(bar, port, data.Length, out ulong offset))
            {
                lock (_device.Gate)
                {
                    handler.WriteMmio(bar.Index, offset, data);
                }

                return true;
            }
        }

        return false;
    }

    private bool AnswersMemory(PciBar bar) =>
        bar.Kind != PciBarKind.Io && (Config.Header.Command & PciCommand.MemorySpace) != 0 && IsInside(AddressOf(bar), bar.Size);

    private ulong AddressOf(PciBar bar) => BarRegister.AddressOf(bar, in Config.Header);

    private static bool IsInside(ulong address, ulong size) =>
        address >= PciAddressMap.Memory.First && address - PciAddressMap.Memory.First <= PciAddressMap.Memory.Size - size;

    private static void RequireDistinct(string device, IReadOnlyList<PciBar> bars)
    {
        int taken = 0;
        foreach (int index in bars.SelectMany(bar => Enumerable.Range(bar.Index, 1 + bar.LastIndex - bar.Index)))
        {
            if ((taken & (1 << index)) != 0)
            {
                throw new PciBusException($"device '{device}' declares BAR {index} twice (a 64-bit BAR takes two)");
            }

            taken |= 1 << index;
        }
    }

    private static int FreeBar(string device, IReadOnlyList<PciBar> bars)
    {
        int free = Enumerable.Range(0, PciBar.Count).FirstOrDefault(index => !bars.Any(bar => bar.Index <= index && index <= bar.LastIndex), -1);
        return free >= 0 ? free : throw new PciBusException($"device '{device}' has interrupts and leaves no BAR for MSI-X");
    }

    private bool Answers(PciBar bar, ushort port, int length, out ulong offset)
    {
        offset = port - BarRegister.AddressOf(bar, in Config.Header);
        return bar.Kind == PciBarKind.Io
            && (Config.Header.Command & PciCommand.IoSpace) != 0
            && port >= BarRegister.AddressOf(bar, in Config.Header)
            && offset + (ulong)length <= bar.Size;
    }
}
