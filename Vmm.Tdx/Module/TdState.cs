using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>What a TDX module keeps of a TD (its TDCS), as plain state.</summary>
public sealed class TdState
{
    /// <summary>Attributes, fixed at creation.</summary>
    public required TdAttributes Attributes { get; init; }

    /// <summary>Extended features, fixed at creation.</summary>
    public required Xfam Xfam { get; init; }

    /// <summary>Configuration flags, fixed at creation.</summary>
    public ConfigFlags ConfigFlags { get; init; } = ConfigFlags.NoRbpMod;

    /// <summary>Width of guest-physical addresses.</summary>
    public required GpaWidth GpaWidth { get; init; }

    /// <summary>vCPUs that exist.</summary>
    public required int VcpuCount { get; init; }

    /// <summary>Most vCPUs that may exist.</summary>
    public required int MaxVcpus { get; init; }

    /// <summary>TSC frequency in units of 25 MHz.</summary>
    public required ushort TscFrequency { get; init; }

    /// <summary>Measurement of the initial contents.</summary>
    public Bytes48 MrTd { get; set; }

    /// <summary>Software-defined id of the configuration.</summary>
    public Bytes48 MrConfigId { get; init; }

    /// <summary>Software-defined id of the owner.</summary>
    public Bytes48 MrOwner { get; init; }

    /// <summary>Software-defined id of the owner's configuration.</summary>
    public Bytes48 MrOwnerConfig { get; init; }

    /// <summary>Random id of this TD.</summary>
    public Guid Uuid { get; init; } = Guid.NewGuid();

    /// <summary>Run-time measurements; guarded by <see cref="RtmrGate"/>.</summary>
    public Rtmrs Rtmrs;

    /// <summary>Held while a run-time measurement changes or is reported.</summary>
    public Lock RtmrGate { get; } = new();

    /// <summary>Controls that the guest may set.</summary>
    public TdCtls TdCtls { get; set; }

    /// <summary>Bit 0: the guest wants to be notified of zero-step attacks.</summary>
    public ulong NotifyEnables { get; set; }

    /// <summary>
    /// Whether touching a pending page exits to the VMM rather than raising #VE: SEPT_VE_DISABLE, or the guest's own choice where it has one.
    /// </summary>
    public bool PendingVeDisabled => Attributes.HasFlag(TdAttributes.SeptVeDisable) || TdCtls.HasFlag(TdCtls.PendingVeDisable);
}
