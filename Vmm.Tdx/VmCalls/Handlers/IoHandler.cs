using Vmm.Core.Buses;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.IO: R12 = size (1, 2, 4), R13 = direction, R14 = port, R15 = data to write; R11 = data read.</summary>
public sealed class IoHandler(PortBus ports) : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionIo;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (call.R12 is not (1 or 2 or 4) || call.R13 is not (AccessDirection.Read or AccessDirection.Write))
        {
            return VmCallStatus.InvalidOperand;
        }

        int size = (int)call.R12;
        ushort port = (ushort)call.R14; // as KVM truncates it
        if (call.R13 == AccessDirection.Write)
        {
            ports.Write(port, size, call.R15);
        }
        else
        {
            result.R11 = ports.Read(port, size);
        }

        return VmCallStatus.Success;
    }
}
