using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Pci;

namespace Vmm.Devices.Virtio.Transport;

/// <summary>struct virtio_pci_cap behind its first two bytes (virtio 1.2, 4.1.4), with the field that two of its kinds have behind it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VirtioPciCapability
{
    public byte Length;
    public VirtioPciStructure Structure;
    public byte Bar;
    public byte Id;
    public ushort Padding;
    public uint Offset;
    public uint Size;

    /// <summary>Notify: the multiplier. Configuration access: the data. Others end before it.</summary>
    public uint Extra;

    /// <summary>The capability of a structure in the BAR.</summary>
    public static PciCapability Of(VirtioPciStructure structure)
    {
        bool isNotify = structure == VirtioPciStructure.Notify;
        int length = Unsafe.SizeOf<VirtioPciCapability>() - (isNotify ? 0 : sizeof(uint));
        return new PciCapability(PciCapabilityId.VendorSpecific, BytesOf(new VirtioPciCapability
        {
            Length = (byte)(PciCapability.HeaderSize + length),
            Structure = structure,
            Bar = VirtioPciLayout.Bar,
            Offset = VirtioPciLayout.OffsetOf(structure),
            Size = VirtioPciLayout.StructureSize,
            Extra = isNotify ? VirtioPciLayout.NotifyMultiplier : 0,
        }).AsSpan(0, length));
    }

    public static byte[] BytesOf(VirtioPciCapability capability)
    {
        byte[] bytes = new byte[Unsafe.SizeOf<VirtioPciCapability>()];
        MemoryMarshal.Write(bytes, capability);
        return bytes;
    }
}
