using Vmm.Core.Machine;
using Vmm.Tdx.Module.Traps;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Module;

/// <summary>A vCPU of an emulated TD: KVM's vCPU, the module's state, and the face that TDVMCALL handlers see.</summary>
public sealed class EmulatedVcpu : IVmCallVcpu
{
    private const ulong FlagInterrupt = 1 << 9;

    private readonly Vcpu _vcpu;

    internal EmulatedVcpu(Vcpu vcpu, TdCallTrap trap)
    {
        _vcpu = vcpu;
        Td = new TdVcpu(this);
        Sites = new TdCallSites(trap);
    }

    /// <inheritdoc/>
    public int Index => _vcpu.Index;

    /// <inheritdoc/>
    public uint ApicId => _vcpu.ApicId;

    /// <inheritdoc/>
    public bool HasPendingEvent => _vcpu.IsWanted;

    /// <inheritdoc/>
    public VmCallCounters VmCalls { get; } = new();

    /// <summary>What it has called of the module.</summary>
    public TdCallCounters TdCalls => Td.TdCalls;

    /// <summary>KVM's vCPU.</summary>
    internal Vcpu Vcpu => _vcpu;

    /// <summary>What the module keeps.</summary>
    internal TdVcpu Td { get; }

    /// <summary>Where it has been seen to make TDCALLs.</summary>
    internal TdCallSites Sites { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// Linux idles with interrupts disabled in RFLAGS while it says that they are not blocked, and enables them right after the call. A TD is woken
    /// by the interrupt all the same; KVM's local APIC wakes a vCPU only for interrupts that it could take, so RFLAGS.IF is set a moment early.
    /// </remarks>
    public void Halt(bool interruptsBlocked)
    {
        if (!interruptsBlocked && (_vcpu.Registers.Rflags & FlagInterrupt) == 0)
        {
            _vcpu.Registers.Rflags |= FlagInterrupt;
            _vcpu.Kvm.MarkRegistersDirty();
        }

        _vcpu.Halt();
    }
}
