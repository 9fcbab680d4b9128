using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Benchmarks.Calls;

/// <summary>One TDVMCALL to measure.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Registers">What the guest passes.</param>
public sealed record Call(string Name, VmCallRegisters Registers)
{
    private const ulong Read = 0;
    private const ulong Write = 1;

    internal static IReadOnlyList<Call> All { get; } =
    [
        Standard("Instruction.IO, read", VmCallLeaf.InstructionIo, 1, Read, TrivialDevice.Port),
        Standard("Instruction.IO, write", VmCallLeaf.InstructionIo, 1, Write, TrivialDevice.Port, 0x55),
        Standard("#VE.RequestMMIO, read", VmCallLeaf.RequestMmio, 4, Read, TrivialDevice.Gpa | CallFixture.Width.SharedBit),
        Standard("#VE.RequestMMIO, write", VmCallLeaf.RequestMmio, 4, Write, TrivialDevice.Gpa | CallFixture.Width.SharedBit, 0x55),
        Standard("Instruction.CPUID, leaf 0", VmCallLeaf.InstructionCpuid),
        Standard("Instruction.CPUID, last leaf", VmCallLeaf.InstructionCpuid, 0x8000_0008),
        Standard("Instruction.RDMSR", VmCallLeaf.InstructionRdmsr, 0x17),
        Standard("Instruction.WRMSR", VmCallLeaf.InstructionWrmsr, 0x17, 1),
        Standard("Instruction.HLT", VmCallLeaf.InstructionHlt),
        Standard("Instruction.WBINVD", VmCallLeaf.InstructionWbinvd),
        Standard("MapGPA, one page", VmCallLeaf.MapGpa, CallFixture.Width.SharedBit, 0x1000),
        Standard("GetTdVmCallInfo", VmCallLeaf.GetTdVmCallInfo, 1),
        Standard("SetupEventNotifyInterrupt", VmCallLeaf.SetupEventNotifyInterrupt, 0x40),
        Standard("GetQuote, no service", VmCallLeaf.GetQuote, CallFixture.QuoteBuffer | CallFixture.Width.SharedBit, 0x2000),
        Standard("unknown sub-function", (VmCallLeaf)0x7777),
        new("KVM hypercall, unknown", new VmCallRegisters { R10 = 0x7777 }),
    ];

    public override string ToString() => Name;

    private static Call Standard(string name, VmCallLeaf leaf, ulong r12 = 0, ulong r13 = 0, ulong r14 = 0, ulong r15 = 0) =>
        new(name, new VmCallRegisters { R11 = (ulong)leaf, R12 = r12, R13 = r13, R14 = r14, R15 = r15 });
}
