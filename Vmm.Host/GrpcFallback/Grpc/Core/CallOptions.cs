namespace Grpc.Core;

/// <summary>What goes with a call.</summary>
/// <param name="headers">Metadata to send.</param>
/// <param name="deadline">When it is given up, in UTC.</param>
/// <param name="cancellationToken">Gives it up.</param>
public readonly struct CallOptions(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
{
    /// <summary>Metadata to send.</summary>
    public Metadata? Headers { get; } = headers;

    /// <summary>When it is given up, in UTC.</summary>
    public DateTime? Deadline { get; } = deadline;

    /// <summary>Gives it up.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
