using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>Descriptor of a packed queue (virtio 1.2, 2.8.13).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PackedDescriptor
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public DescriptorFlags Flags;
}
