namespace Vmm.Devices.Virtio.Vsock;

/// <summary>What the sender of a shutdown will not do any more (virtio 1.2, 5.10.6.6).</summary>
[Flags]
internal enum VsockShutdown : uint
{
    None = 0,
    Receive = 1 << 0,
    Send = 1 << 1,
    Both = Receive | Send,
}
