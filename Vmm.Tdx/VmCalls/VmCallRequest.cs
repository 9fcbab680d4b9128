namespace Vmm.Tdx.VmCalls;

/// <summary>One TDVMCALL: who calls, and with what.</summary>
public readonly ref struct VmCallRequest
{
    private readonly ref readonly VmCallRegisters _registers;

    /// <summary>Describes a call.</summary>
    /// <param name="vcpu">The calling vCPU.</param>
    /// <param name="registers">What it passed.</param>
    public VmCallRequest(IVmCallVcpu vcpu, in VmCallRegisters registers)
    {
        Vcpu = vcpu;
        _registers = ref registers;
    }

    /// <summary>The calling vCPU.</summary>
    public IVmCallVcpu Vcpu { get; }

    /// <summary>The registers as the guest passed them.</summary>
    public ref readonly VmCallRegisters Registers => ref _registers;

    /// <summary>First argument.</summary>
    public ulong R12 => _registers.R12;

    /// <summary>Second argument.</summary>
    public ulong R13 => _registers.R13;

    /// <summary>Third argument.</summary>
    public ulong R14 => _registers.R14;

    /// <summary>Fourth argument.</summary>
    public ulong R15 => _registers.R15;
}
