namespace Vmm.Devices.Virtio.Vsock;

/// <summary>What tells the connections of a guest with its host from each other.</summary>
/// <param name="GuestPort">The guest's port.</param>
/// <param name="HostPort">The host's.</param>
internal readonly record struct VsockKey(uint GuestPort, uint HostPort);
