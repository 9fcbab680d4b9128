namespace Vmm.Core.Network;

/// <summary>What a thread waits for at a port.</summary>
public enum PortEvents
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A packet to receive.</summary>
    Receive,

    /// <summary>Room to send.</summary>
    Send,
}
