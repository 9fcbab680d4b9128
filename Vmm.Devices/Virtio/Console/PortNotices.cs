namespace Vmm.Devices.Virtio.Console;

/// <summary>What a driver has still to be told of a port. Each is one bit, so that a driver that does not listen costs no memory; told in this order.</summary>
[Flags]
internal enum PortNotices
{
    None = 0,
    Add = 1 << 0,
    Console = 1 << 1,
    Name = 1 << 2,
    Open = 1 << 3,
    Resize = 1 << 4,
}
