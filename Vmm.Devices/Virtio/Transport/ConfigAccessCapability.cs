using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Pci;

namespace Vmm.Devices.Virtio.Transport;

/// <summary>VIRTIO_PCI_CAP_PCI_CFG (virtio 1.2, 4.1.4.9): access to the BAR through configuration space, for guests that cannot map memory yet.</summary>
/// <param name="transport">What answers the accesses.</param>
internal sealed class ConfigAccessCapability(PciTransport transport) : PciCapability(
    PciCapabilityId.VendorSpecific,
    VirtioPciCapability.BytesOf(new VirtioPciCapability
    {
        Length = (byte)(HeaderSize + Unsafe.SizeOf<VirtioPciCapability>()),
        Structure = VirtioPciStructure.ConfigAccess,
    }),
    VirtioPciCapability.BytesOf(new VirtioPciCapability { Bar = byte.MaxValue, Offset = uint.MaxValue, Size = uint.MaxValue, Extra = uint.MaxValue }))
{
    private static readonly int DataOffset = Unsafe.SizeOf<VirtioPciCapability>() - sizeof(uint);

    /// <inheritdoc/>
    public override void BeforeRead(Span<byte> content, int first, int count)
    {
        if (TryGetAccess(content, first, count, out uint offset, out int length))
        {
            Span<byte> data = content.Slice(DataOffset, length);
            data.Clear();
            transport.Read(offset, data);
        }
    }

    /// <inheritdoc/>
    public override void AfterWrite(ReadOnlySpan<byte> content, int first, int count)
    {
        if (TryGetAccess(content, first, count, out uint offset, out int length))
        {
            transport.Write(offset, content.Slice(DataOffset, length));
        }
    }

    private static bool TryGetAccess(ReadOnlySpan<byte> content, int first, int count, out uint offset, out int length)
    {
        VirtioPciCapability access = MemoryMarshal.Read<VirtioPciCapability>(content);
        offset = access.Offset;
        length = (int)access.Size;
        return first + count > DataOffset
            && access.Size is 1 or 2 or 4
            && access.Bar == VirtioPciLayout.Bar
            && access.Offset < VirtioPciLayout.BarSize
            && access.Offset % access.Size == 0;
    }
}
