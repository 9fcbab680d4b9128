using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>Element of the used ring of a split queue (virtio 1.2, 2.7.8).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct UsedElement
{
    public uint Id;
    public uint Length;
}
