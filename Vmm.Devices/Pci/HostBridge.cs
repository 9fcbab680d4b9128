using Vmm.Core.Buses;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>Function 00:00.0: the host bridge, which has nothing but a name.</summary>
internal sealed class HostBridge() : Device("pci-host-bridge"), IPciFunction
{
    // The generic PCI Express host bridge that QEMU's machines without a chipset have.
    private const ushort RedHat = 0x1B36;
    private const ushort GenericHostBridge = 0x0008;

    public PciIdentity Identity { get; } = new(RedHat, GenericHostBridge, PciClass.HostBridge);

    public IReadOnlyList<PciBar> Bars => [];

    public void ReadBar(int bar, ulong offset, Span<byte> data)
    {
    }

    public void WriteBar(int bar, ulong offset, ReadOnlySpan<byte> data)
    {
    }
}
