using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Operands and results of TDVMCALLs.</summary>
internal static class VmCallText
{
    /// <summary>The status; of a RETRY also where the guest is to go on.</summary>
    internal static string Status(in TraceRecord record)
    {
        VmCallRegisters answered = record.Answered;
        if (record.VmCall.IsVendor)
        {
            return $"{(long)answered.R10}";
        }

        bool tellsWhere = record.VmCall.Leaf == VmCallLeaf.MapGpa && answered.Status != VmCallStatus.Success;
        return tellsWhere ? $"{SpecNames.Of(answered.Status)} at 0x{answered.R11:x}" : SpecNames.Of(answered.Status);
    }

    internal static CallText Describe(in TraceRecord record, GpaWidth width)
    {
        VmCallRegisters passed = record.Passed;
        VmCallRegisters answered = record.Answered;
        if (record.VmCall.IsVendor)
        {
            return new($"0x{passed.R11:x}, 0x{passed.R12:x}, 0x{passed.R13:x}, 0x{passed.R14:x}");
        }

        CallText text = Describe(record.VmCall.Leaf, in passed, in answered, width);
        return text with { Results = TraceFormatter.Braces(answered.Status == VmCallStatus.Success ? text.Results : "") };
    }

    private static CallText Describe(VmCallLeaf leaf, in VmCallRegisters passed, in VmCallRegisters answered, GpaWidth width) => leaf switch
    {
        VmCallLeaf.InstructionCpuid => new(
            $"leaf=0x{passed.R12:x}, subleaf=0x{passed.R13:x}",
            $"eax=0x{answered.R12:x}, ebx=0x{answered.R13:x}, ecx=0x{answered.R14:x}, edx=0x{answered.R15:x}"),
        VmCallLeaf.InstructionHlt => new($"interrupts_blocked={passed.R12}"),
        VmCallLeaf.InstructionIo => Access(in passed, in answered, "in", "out", $"port=0x{passed.R14:x}"),
        VmCallLeaf.RequestMmio => Access(in passed, in answered, "read", "write", $"gpa=0x{passed.R14:x}"),
        VmCallLeaf.InstructionRdmsr => new(MsrNames.Of(passed.R12), $"0x{answered.R11:x}"),
        VmCallLeaf.InstructionWrmsr => new($"{MsrNames.Of(passed.R12)}, 0x{passed.R13:x}"),
        VmCallLeaf.InstructionWbinvd => new(passed.R12 switch { 0 => "WBINVD", 1 => "WBNOINVD", _ => $"0x{passed.R12:x}" }),
        VmCallLeaf.GetTdVmCallInfo => new(
            $"leaf={passed.R12}", $"r11=0x{answered.R11:x}, r12=0x{answered.R12:x}, r13=0x{answered.R13:x}, r14=0x{answered.R14:x}"),
        VmCallLeaf.MapGpa => new(
            $"0x{width.WithoutSharedBit(passed.R12):x}+{SizeText.Of(passed.R13)} -> {(width.IsShared(passed.R12) ? "shared" : "private")}"),
        VmCallLeaf.GetQuote => new($"buffer=0x{passed.R12:x}, size={SizeText.Of(passed.R13)}"),
        VmCallLeaf.ReportFatalError => FatalError(in passed),
        VmCallLeaf.SetupEventNotifyInterrupt => new($"vector=0x{passed.R12:x}"),
        VmCallLeaf.Service => new($"command=0x{passed.R12:x}, response=0x{passed.R13:x}, vector=0x{passed.R14:x}, timeout={passed.R15}"),
        _ => new(
            $"r12=0x{passed.R12:x}, r13=0x{passed.R13:x}, r14=0x{passed.R14:x}, r15=0x{passed.R15:x}",
            $"r11=0x{answered.R11:x}, r12=0x{answered.R12:x}, r13=0x{answered.R13:x}, r14=0x{answered.R14:x}, r15=0x{answered.R15:x}"),
    };

    private static CallText Access(in VmCallRegisters passed, in VmCallRegisters answered, string read, string write, string place) => passed.R13 switch
    {
        AccessDirection.Read => new($"size={passed.R12}, {read}, {place}", $"data=0x{answered.R11:x}"),
        AccessDirection.Write => new($"size={passed.R12}, {write}, {place}, data=0x{passed.R15:x}"),
        _ => new($"size={passed.R12}, direction=0x{passed.R13:x}, {place}"),
    };

    // What is in a page has gone by the time of this; the end of the machine tells it.
    private static CallText FatalError(in VmCallRegisters passed) => FatalErrorText.IsInPage(in passed)
        ? new($"code=0x{(uint)passed.R12:x}, text=0x{passed.R13:x}")
        : new($"code=0x{(uint)passed.R12:x}, \"{FatalErrorText.FromRegisters(in passed)}\"");
}
