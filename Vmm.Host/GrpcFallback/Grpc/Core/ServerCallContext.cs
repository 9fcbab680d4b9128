namespace Grpc.Core;

/// <summary>A call, as its handler sees it.</summary>
public abstract class ServerCallContext
{
    /// <summary>Path of the method.</summary>
    public abstract string Method { get; }

    /// <summary>Name by which the client calls this server.</summary>
    public abstract string Host { get; }

    /// <summary>Where the client is.</summary>
    public abstract string Peer { get; }

    /// <summary>When the client gives up, in UTC; the largest time for never.</summary>
    public abstract DateTime Deadline { get; }

    /// <summary>What the client sent along.</summary>
    public abstract Metadata RequestHeaders { get; }

    /// <summary>The client is gone, or the deadline over.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>What goes with the status.</summary>
    public abstract Metadata ResponseTrailers { get; }

    /// <summary>How the call ends.</summary>
    public abstract Status Status { get; set; }

    /// <summary>Sends headers before the first response.</summary>
    public abstract Task WriteResponseHeadersAsync(Metadata responseHeaders);
}
