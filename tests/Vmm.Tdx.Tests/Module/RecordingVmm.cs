using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.Module;

/// <summary>A VMM that remembers what it was passed and answers with what a test told it to; allocates nothing.</summary>
internal sealed class RecordingVmm : IVmCallHandler, IVendorCallHandler
{
    /// <summary>A sub-function that this VMM serves.</summary>
    public const ulong KnownLeaf = 0x10000;

    public int Calls { get; private set; }

    public VmCallRegisters Passed { get; private set; }

    /// <summary>What every register but R10 is set to, whether or not it passes.</summary>
    public ulong Answer { get; set; }

    public VmCallLeaf Leaf => (VmCallLeaf)KnownLeaf;

    VmCallStatus IVmCallHandler.Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        Record(in call, ref result);
        return VmCallStatus.Success;
    }

    ulong IVendorCallHandler.Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        Record(in call, ref result);
        return Answer;
    }

    private void Record(in VmCallRequest call, ref VmCallRegisters result)
    {
        Calls++;
        Passed = call.Registers;
        result.R11 = result.R12 = result.R13 = result.R14 = result.R15 = Answer;
        result.Rbx = result.Rdi = result.Rsi = result.Rdx = result.R8 = result.R9 = Answer;
    }
}
