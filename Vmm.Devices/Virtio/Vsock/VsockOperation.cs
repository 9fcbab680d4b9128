namespace Vmm.Devices.Virtio.Vsock;

/// <summary>What a packet is for (virtio 1.2, 5.10.6).</summary>
internal enum VsockOperation : ushort
{
    Invalid = 0,

    /// <summary>Asks for a connection.</summary>
    Request = 1,

    /// <summary>Accepts it.</summary>
    Response = 2,

    /// <summary>There is no such connection, or no longer.</summary>
    Reset = 3,

    /// <summary>The sender will not send, or not receive, any more.</summary>
    Shutdown = 4,

    /// <summary>Data.</summary>
    ReadWrite = 5,

    /// <summary>Tells of the sender's buffer.</summary>
    CreditUpdate = 6,

    /// <summary>Asks for that.</summary>
    CreditRequest = 7,
}
