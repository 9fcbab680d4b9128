namespace Vmm.Devices.Virtio.Net;

/// <summary>The field status of <see cref="NetConfig"/>.</summary>
[Flags]
internal enum NetLinkStatus : ushort
{
    None = 0,
    LinkUp = 1 << 0,
}
