using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Configuration of a network card (virtio 1.2, 5.1.4), as far as features that it can offer reach.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct NetConfig
{
    public MacAddress Mac;
    public NetLinkStatus Status;
    public ushort MaximumPairs;
    public ushort Mtu;
}
