namespace Vmm.Devices.Virtio.Net;

/// <summary>How a request on the control queue ended (virtio 1.2, 5.1.6.5).</summary>
internal enum NetControlStatus : byte
{
    Ok = 0,
    Error = 1,
}
