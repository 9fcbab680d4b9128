namespace Vmm.Host.Control.Errors;

/// <summary>A call of the control API cannot be served. Knows nothing of gRPC: what lies below the services throws it too.</summary>
/// <param name="reason">Why, for programs.</param>
/// <param name="sentence">Why, for people.</param>
public sealed class ControlException(ControlReason reason, string sentence) : Exception(sentence)
{
    /// <summary>Why, for programs.</summary>
    public ControlReason Reason { get; } = reason;
}
