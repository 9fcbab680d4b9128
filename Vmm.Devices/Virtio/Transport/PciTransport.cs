using Vmm.Core.Pci;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Transport;

/// <summary>Virtio over PCI (virtio 1.2, 4.1): identity, capabilities, the structures in the BAR, interrupts.</summary>
internal sealed class PciTransport
{
    private const ushort VirtioVendor = 0x1AF4; // 4.1.2
    private const ushort FirstModernDevice = 0x1040;
    private const byte ModernRevision = 1;

    private readonly VirtioDevice _device;
    private readonly CommonConfig _common;
    private int _isr;

    public PciTransport(VirtioDevice device)
    {
        _device = device;
        _common = new CommonConfig(device);
        Capabilities =
        [
            VirtioPciCapability.Of(VirtioPciStructure.Common),
            VirtioPciCapability.Of(VirtioPciStructure.Notify),
            VirtioPciCapability.Of(VirtioPciStructure.Isr),
            VirtioPciCapability.Of(VirtioPciStructure.Device),
            new ConfigAccessCapability(this),
        ];
    }

    /// <summary>The BAR with all structures.</summary>
    public static IReadOnlyList<PciBar> Bars { get; } = [new PciBar(VirtioPciLayout.Bar, VirtioPciLayout.BarSize, "virtio")];

    /// <summary>Where the structures lie.</summary>
    public IReadOnlyList<PciCapability> Capabilities { get; }

    /// <summary>How a device of some type is found.</summary>
    public static PciIdentity IdentityOf(VirtioDeviceType type) => new(VirtioVendor, (ushort)(FirstModernDevice + (int)type), ClassOf(type), ModernRevision)
    {
        SubsystemVendorId = VirtioVendor,
        SubsystemId = (ushort)(FirstModernDevice + (int)type),
    };

    /// <summary>Returns to the state after a reset.</summary>
    public void Reset()
    {
        _common.Reset();
        Interlocked.Exchange(ref _isr, (int)IsrStatus.None);
    }

    /// <summary>The driver reads.</summary>
    public void Read(ulong offset, Span<byte> data)
    {
        int within = (int)(offset % VirtioPciLayout.StructureSize);
        switch (VirtioPciLayout.StructureAt(offset))
        {
            case VirtioPciStructure.Common:
                _common.Read(within, data);
                break;
            case VirtioPciStructure.Isr when within == 0:
                data[0] = (byte)Interlocked.Exchange(ref _isr, (int)IsrStatus.None); // 4.1.4.5: reading clears
                break;
            case VirtioPciStructure.Device when within < _device.ConfigSpace.Length:
                ReadOnlySpan<byte> config = _device.ConfigSpace[within..];
                config[..Math.Min(config.Length, data.Length)].CopyTo(data);
                break;
        }
    }

    /// <summary>The driver writes.</summary>
    public void Write(ulong offset, ReadOnlySpan<byte> data)
    {
        int within = (int)(offset % VirtioPciLayout.StructureSize);
        switch (VirtioPciLayout.StructureAt(offset))
        {
            case VirtioPciStructure.Common:
                _common.Write(within, data);
                break;
            case VirtioPciStructure.Notify when within / VirtioPciLayout.NotifyMultiplier < _device.Queues.Count:
                _device.Queues[within / (int)VirtioPciLayout.NotifyMultiplier].Wake(); // 4.1.4.4: the address says it all
                break;
            case VirtioPciStructure.Device:
                _device.WriteConfig(within, data);
                break;
        }
    }

    /// <summary>Sends the interrupt of a queue. Any thread.</summary>
    public void SignalQueue(ushort vector) => Signal(IsrStatus.Queue, vector);

    /// <summary>Sends the interrupt of configuration changes. Any thread.</summary>
    public void SignalConfig() => Signal(IsrStatus.Configuration, _common.ConfigVector);

    private static PciClass ClassOf(VirtioDeviceType type) => type switch
    {
        VirtioDeviceType.Network => PciClass.Ethernet,
        VirtioDeviceType.Block => PciClass.MassStorage,
        VirtioDeviceType.Console => PciClass.Communication,
        _ => PciClass.Unassigned,
    };

    private void Signal(IsrStatus cause, int vector)
    {
        Interlocked.Or(ref _isr, (int)cause);
        if (vector != QueueRegisters.NoVector)
        {
            _device.Vectors!.Signal(vector);
        }
    }
}
