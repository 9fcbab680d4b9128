using Vmm.Core.Buses;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>#VE.RequestMMIO: R12 = size (1, 2, 4, 8), R13 = direction, R14 = shared GPA, R15 = data to write; R11 = data read.</summary>
public sealed class MmioHandler(MmioBus mmio, GpaWidth gpaWidth) : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.RequestMmio;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        // MMIO in private memory makes no sense: first and last byte must be shared, in this order of checks as KVM has it.
        if (call.R12 is not (1 or 2 or 4 or 8)
            || call.R13 is not (AccessDirection.Read or AccessDirection.Write)
            || !gpaWidth.IsShared(call.R14)
            || !gpaWidth.IsShared(call.R14 + call.R12 - 1))
        {
            return VmCallStatus.InvalidOperand;
        }

        int size = (int)call.R12;
        ulong gpa = gpaWidth.WithoutSharedBit(call.R14);
        if (call.R13 == AccessDirection.Write)
        {
            mmio.Write(gpa, size, call.R15);
        }
        else
        {
            result.R11 = mmio.Read(gpa, size);
        }

        return VmCallStatus.Success;
    }
}
