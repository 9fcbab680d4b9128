using Vmm.Core.Machine;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Hardware;

/// <summary>A vCPU of a TD on TDX hardware, as the handlers of its TDVMCALLs see it.</summary>
/// <param name="vcpu">KVM's vCPU.</param>
public sealed class TdxVcpu(Vcpu vcpu) : IVmCallVcpu
{
    private (ulong Gpa, bool IsPrivate) _lastFault;
    private int _sameFaults;

    /// <inheritdoc/>
    public int Index => vcpu.Index;

    /// <inheritdoc/>
    public uint ApicId => vcpu.ApicId;

    /// <inheritdoc/>
    public bool HasPendingEvent => vcpu.IsWanted;

    /// <inheritdoc/>
    public VmCallCounters VmCalls { get; } = new();

    /// <summary>KVM's vCPU.</summary>
    internal Vcpu Vcpu => vcpu;

    /// <inheritdoc/>
    /// <remarks>KVM answers HLT of a TD itself, so that only a handler of somebody's own comes here; whether interrupts are blocked is for KVM to know.</remarks>
    public void Halt(bool interruptsBlocked) => vcpu.Halt();

    /// <summary>Counts memory faults that follow each other without anything else in between.</summary>
    /// <returns>How often this one has come now.</returns>
    internal int CountFault(ulong gpa, bool isPrivate)
    {
        _sameFaults = _lastFault == (gpa, isPrivate) ? _sameFaults + 1 : 1;
        _lastFault = (gpa, isPrivate);
        return _sameFaults;
    }

    /// <summary>The guest got on.</summary>
    internal void ForgetFaults() => _sameFaults = 0;
}
