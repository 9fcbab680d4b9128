namespace Vmm.Devices.Virtio.Vsock;

/// <summary>How far a connection is.</summary>
internal enum VsockState
{
    /// <summary>A client of the host has yet to say which port it wants. The guest knows nothing of it.</summary>
    Greeting,

    /// <summary>The guest was asked for it, or will be.</summary>
    Requested,

    /// <summary>The guest has asked for it, and who listens on the host is too busy to accept it at once.</summary>
    Connecting,

    /// <summary>Data flows.</summary>
    Established,

    /// <summary>The guest has given it up; the host has yet to take what the guest had sent.</summary>
    Draining,

    /// <summary>It is gone.</summary>
    Closed,
}
