using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Why a #VE was raised.</summary>
internal static class VeText
{
    /// <summary>Tells it from what TDG.VP.VEINFO.GET answers.</summary>
    internal static string Describe(in KvmRegs answer)
    {
        var reason = (VmxExitReason)(uint)answer.Rcx;
        string name = SpecNames.Of(reason);
        return reason switch
        {
            VmxExitReason.EptViolation => $"{name} {Access((EptQualification)answer.Rdx)} gpa=0x{answer.R9:x} gla=0x{answer.R8:x}",
            VmxExitReason.IoInstruction => $"{name} {Access(new IoQualification(answer.Rdx))} length={(uint)answer.R10}",
            _ when answer.Rdx != 0 => $"{name} qualification=0x{answer.Rdx:x} length={(uint)answer.R10}",
            _ => $"{name} length={(uint)answer.R10}",
        };
    }

    private static string Access(EptQualification qualification) =>
        qualification.HasFlag(EptQualification.DataWrite) ? "write"
        : qualification.HasFlag(EptQualification.InstructionFetch) ? "fetch"
        : "read";

    private static string Access(IoQualification io) =>
        $"{(io.IsRepeated ? "rep " : "")}{(io.IsInput ? "in" : "out")}{(io.IsString ? "s" : "")} port=0x{io.Port:x} size={io.Size}";
}
