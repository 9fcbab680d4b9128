namespace Vmm.Tdx.Policies;

/// <summary>One rule of an <see cref="MsrPolicy"/>.</summary>
/// <param name="First">First register.</param>
/// <param name="Last">Last register.</param>
/// <param name="Read">What a read does.</param>
/// <param name="Write">What a write does.</param>
/// <param name="Value">The constant, or what a store begins with.</param>
/// <param name="Log">Whether accesses are logged, with a limit on the rate.</param>
public sealed record MsrRule(uint First, uint Last, MsrAction Read, MsrAction Write, ulong Value, bool Log)
{
    /// <summary>Registers covered.</summary>
    public uint Count => Last - First + 1;

    /// <summary>Whether the rule needs a word of storage for each register and vCPU.</summary>
    public bool IsStored => Read == MsrAction.Store || Write == MsrAction.Store;
}
