namespace Grpc.Core;

/// <summary>What goes with a call.</summary>
/// <param name="Headers">Metadata to send.</param>
/// <param name="Deadline">When it is given up, in UTC.</param>
/// <param name="CancellationToken">Gives it up.</param>
public readonly record struct CallOptions(Metadata? Headers = null, DateTime? Deadline = null, CancellationToken CancellationToken = default);
