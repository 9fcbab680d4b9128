using System.Security.Cryptography;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>What a TDX module keeps of a TD (its TDCS), as plain state.</summary>
public sealed class TdState
{
    // Held while a run-time measurement changes or is reported.
    private readonly Lock _rtmrGate = new();

    // Held for a few comparisons only.
    private readonly Lock _tdCtlsGate = new();

    /// <summary>Attributes, fixed at creation. SEPT_VE_DISABLE is also what TD_CTLS.PENDING_VE_DISABLE starts as.</summary>
    public required TdAttributes Attributes
    {
        get;
        init
        {
            field = value;
            TdCtls = value.HasFlag(TdAttributes.SeptVeDisable) ? TdCtls.PendingVeDisable : TdCtls.None;
        }
    }

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

    /// <summary>Measurement of the initial contents. Waits for <see cref="LaunchMeasurement"/>.</summary>
    public Bytes48 MrTd
    {
        get => LaunchMeasurement.GetAwaiter().GetResult();
        set => LaunchMeasurement = Task.FromResult(value);
    }

    /// <summary>The hashing of the initial contents, which may take longer than the guest needs to start; it cannot fail.</summary>
    public Task<Bytes48> LaunchMeasurement { get; set; } = Task.FromResult(default(Bytes48));

    /// <summary>Software-defined id of the configuration.</summary>
    public Bytes48 MrConfigId { get; init; }

    /// <summary>Software-defined id of the owner.</summary>
    public Bytes48 MrOwner { get; init; }

    /// <summary>Software-defined id of the owner's configuration.</summary>
    public Bytes48 MrOwnerConfig { get; init; }

    /// <summary>TD_UUID: random id of this TD.</summary>
    public Bytes32 Uuid { get; init; } = NewUuid();

    /// <summary>x2APIC id of each vCPU, by VCPU_INDEX; empty where guests are to ask the VMM.</summary>
    public IReadOnlyList<uint> X2ApicIds { get; init; } = [];

    /// <summary>TOPOLOGY_ENUM_CONFIGURED: the module knows all x2APIC ids and can answer for the topology.</summary>
    public bool IsTopologyConfigured => X2ApicIds.Count == VcpuCount;

    /// <summary>Run-time measurements.</summary>
    public Rtmrs Rtmrs;

    /// <summary>Controls that the guest may set; see <see cref="TrySetTdCtls"/>.</summary>
    public TdCtls TdCtls { get; private set; }

    /// <summary>Bit 0: the guest wants to be notified of zero-step attacks.</summary>
    public ulong NotifyEnables { get; set; }

    /// <summary>Whether touching a pending page exits to the VMM rather than raising #VE.</summary>
    public bool PendingVeDisabled => TdCtls.HasFlag(TdCtls.PendingVeDisable);

    /// <summary>Extends a run-time measurement: <c>RTMR = SHA384(RTMR ‖ digest)</c>.</summary>
    /// <returns>False when the registers are in use by another vCPU: the guest tries again.</returns>
    public bool TryExtendRtmr(int index, ReadOnlySpan<byte> digest)
    {
        if (!_rtmrGate.TryEnter())
        {
            return false;
        }

        try
        {
            Span<byte> rtmr = Rtmrs[index];
            Span<byte> input = stackalloc byte[2 * SHA384.HashSizeInBytes];
            rtmr.CopyTo(input);
            digest.CopyTo(input[SHA384.HashSizeInBytes..]);
            SHA384.HashData(input, rtmr);
            return true;
        }
        finally
        {
            _rtmrGate.Exit();
        }
    }

    /// <summary>Gets identity and measurements for a report.</summary>
    /// <returns>False when the run-time measurements are in use by another vCPU: the guest tries again.</returns>
    public bool TryGetInfo(out TdInfo info)
    {
        info = new TdInfo
        {
            Attributes = Attributes,
            Xfam = Xfam,
            MrTd = MrTd,
            MrConfigId = MrConfigId,
            MrOwner = MrOwner,
            MrOwnerConfig = MrOwnerConfig,
        };
        if (!_rtmrGate.TryEnter())
        {
            return false;
        }

        info.Rtmrs = Rtmrs;
        _rtmrGate.Exit();
        return true;
    }

    /// <summary>Sets TD_CTLS by the rules for guests.</summary>
    /// <returns>False when the value breaks one, and nothing has changed.</returns>
    public bool TrySetTdCtls(TdCtls value)
    {
        lock (_tdCtlsGate)
        {
            if (TdCtls.HasFlag(TdCtls.Lock))
            {
                return value == TdCtls;
            }

            if (((value ^ TdCtls) & TdCtls.PendingVeDisable) != 0 && !ConfigFlags.HasFlag(ConfigFlags.FlexiblePendingVe))
            {
                return false;
            }

            if (value.HasFlag(TdCtls.ReduceVe))
            {
                value |= TdCtls.EnumTopology | TdCtls.VirtCpuid2;
            }

            if (value.HasFlag(TdCtls.EnumTopology) && !IsTopologyConfigured)
            {
                return false;
            }

            TdCtls = value;
            return true;
        }
    }

    private static Bytes32 NewUuid()
    {
        Bytes32 uuid = default;
        RandomNumberGenerator.Fill(uuid);
        return uuid;
    }
}
