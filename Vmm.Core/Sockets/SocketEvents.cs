namespace Vmm.Core.Sockets;

/// <summary>What can be done with a socket.</summary>
[Flags]
public enum SocketEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Something can be received, or accepted; the end of what comes in is something.</summary>
    Readable = 1 << 0,

    /// <summary>Something can be sent.</summary>
    Writable = 1 << 1,

    /// <summary>Nobody is there any more.</summary>
    HangUp = 1 << 2,
}
