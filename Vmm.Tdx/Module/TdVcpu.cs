using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Module;

/// <summary>What a TDX module keeps of a vCPU (its TDVPS). Used by the vCPU's own thread only.</summary>
/// <param name="vmCallVcpu">The vCPU as the VMM's handlers see it.</param>
public sealed class TdVcpu(IVmCallVcpu vmCallVcpu)
{
    /// <summary>Elements of CPUID_CONTROL.</summary>
    public const int CpuidControls = 128;

    /// <summary>VCPU_INDEX.</summary>
    public int Index => vmCallVcpu.Index;

    /// <summary>The vCPU as the VMM's handlers see it.</summary>
    public IVmCallVcpu VmCallVcpu => vmCallVcpu;

    /// <summary>What it has called.</summary>
    public TdCallCounters TdCalls { get; } = new();

    /// <summary>The virtualisation exception that the guest has yet to ask about; null when VE_INFO is not valid.</summary>
    public VeInfo? PendingVe { get; set; }

    /// <summary>Guest's wish for #VE on CPUID at CPL 0; plain KVM cannot grant it.</summary>
    public bool CpuidSupervisorVe { get; set; }

    /// <summary>Guest's wish for #VE on CPUID at CPL above 0; plain KVM cannot grant it.</summary>
    public bool CpuidUserVe { get; set; }

    /// <summary>CPUID_CONTROL: the same wish for single leaves.</summary>
    public byte[] CpuidControl { get; } = new byte[CpuidControls];
}
