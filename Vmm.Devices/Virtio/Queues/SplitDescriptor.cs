using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>Descriptor of a split queue (virtio 1.2, 2.7.5).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SplitDescriptor
{
    public ulong Address;
    public uint Length;
    public DescriptorFlags Flags;
    public ushort Next;
}
