namespace Grpc.Core;

/// <summary>How a call ended.</summary>
/// <param name="StatusCode">The number.</param>
/// <param name="Detail">The sentence.</param>
/// <param name="DebugException">What lies behind it on this side of the wire.</param>
public readonly record struct Status(StatusCode StatusCode, string Detail, Exception? DebugException)
{
    /// <summary>Success.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled by the caller.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>Makes one.</summary>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, DebugException: null)
    {
    }
}
