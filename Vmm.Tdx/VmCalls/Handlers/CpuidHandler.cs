using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.CPUID: R12 = EAX, R13 = ECX; R12..R15 = EAX, EBX, ECX, EDX. From the very table that the vCPU executes CPUID with.</summary>
public sealed class CpuidHandler(CpuidTables tables) : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionCpuid;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        CpuidResult cpuid = tables[call.Vcpu.Index].Execute((uint)call.R12, (uint)call.R13);
        result.R12 = cpuid.Eax;
        result.R13 = cpuid.Ebx;
        result.R14 = cpuid.Ecx;
        result.R15 = cpuid.Edx;
        return VmCallStatus.Success;
    }
}
