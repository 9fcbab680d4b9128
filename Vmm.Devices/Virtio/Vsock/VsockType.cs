namespace Vmm.Devices.Virtio.Vsock;

/// <summary>Kinds of sockets (virtio 1.2, 5.10.6).</summary>
internal enum VsockType : ushort
{
    Stream = 1,
}
