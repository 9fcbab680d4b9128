namespace Vmm.Core.Network;

/// <summary>What became of a packet.</summary>
public enum PacketStatus
{
    /// <summary>It was sent or received.</summary>
    Done,

    /// <summary>Not now: there is none, or no room for one. Try again when the port is ready.</summary>
    NotReady,

    /// <summary>The host does not take it; it is lost.</summary>
    Refused,

    /// <summary>Nobody is there. Waiting for the port is of no use; what was to be sent is lost.</summary>
    Disconnected,

    /// <summary>The guest has taken away memory that it is in.</summary>
    ForbiddenMemory,
}
