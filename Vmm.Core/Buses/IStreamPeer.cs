namespace Vmm.Core.Buses;

/// <summary>
/// What a byte stream may tell of its other end. A stream from <see cref="IByteStreams"/> that does not implement it is always connected, and is no terminal.
/// </summary>
public interface IStreamPeer
{
    /// <summary>Whether there is anybody. What a device writes when there is nobody is dropped.</summary>
    bool IsConnected { get; }

    /// <summary>Size of the terminal; null when it is none.</summary>
    TerminalSize? Size { get; }

    /// <summary>Called after either has changed, on any thread. It must neither block nor throw.</summary>
    Action? Changed { get; set; }
}
