namespace Vmm.TdxModel.Hardware;

/// <summary>What stands behind the model: the processor and its TDX module, with the TD in it.</summary>
public interface ITdHardware : IDisposable
{
    /// <summary>The TD is finalised.</summary>
    void Start(TdImage td);

    /// <summary>TDH.VP.ENTER, on the vCPU's own thread.</summary>
    /// <param name="vcpu">VCPU_INDEX.</param>
    /// <param name="args">The answer to the last TDVMCALL; then the next one.</param>
    TdExit Enter(int vcpu, ref VpEnterArgs args);

    /// <summary>A range became private or shared: its old side is unmapped.</summary>
    void Convert(ulong gpa, ulong size, bool isPrivate);

    /// <summary>RDMSR of a register that KVM emulates.</summary>
    bool TryReadMsr(int vcpu, uint index, out ulong value);

    /// <summary>WRMSR of a register that KVM emulates.</summary>
    bool TryWriteMsr(int vcpu, uint index, ulong value);

    /// <summary>The vCPU waits at the next entry.</summary>
    void Halt(int vcpu, bool interruptsBlocked);

    /// <summary>KVM_MP_STATE_*.</summary>
    uint MpState(int vcpu);

    /// <summary>Sets it.</summary>
    void SetMpState(int vcpu, uint state);

    /// <summary>Whether an interrupt waits for the vCPU.</summary>
    bool HasEvents(int vcpu);

    /// <summary>An MSI.</summary>
    bool SignalMsi(ulong address, uint data);

    /// <summary>An NMI.</summary>
    void SignalNmi(int vcpu);

    /// <summary>Signals that are blocked while the vCPU runs.</summary>
    void SetSignalMask(int vcpu, ulong blocked);
}
