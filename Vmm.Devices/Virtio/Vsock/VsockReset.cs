namespace Vmm.Devices.Virtio.Vsock;

/// <summary>A reset that the guest has yet to hear.</summary>
/// <param name="HostCid">Whom the guest took for the other end.</param>
/// <param name="Key">The ports.</param>
/// <param name="Type">The kind of socket.</param>
internal readonly record struct VsockReset(ulong HostCid, VsockKey Key, VsockType Type);
