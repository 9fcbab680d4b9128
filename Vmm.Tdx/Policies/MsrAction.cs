namespace Vmm.Tdx.Policies;

/// <summary>What happens to an access of a model-specific register.</summary>
public enum MsrAction
{
    /// <summary>The guest gets INVALID_OPERAND, and makes a #GP of it.</summary>
    Deny,

    /// <summary>The host (KVM) is asked.</summary>
    Allow,

    /// <summary>Reads give a constant; writes are denied unless the rule says otherwise.</summary>
    Constant,

    /// <summary>The register keeps what is written, for each vCPU; nothing else depends on it.</summary>
    Store,

    /// <summary>Only for writes: they succeed and change nothing.</summary>
    Ignore,
}
