using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Hostile;

/// <summary>The answers that the specifications allow at all.</summary>
internal static class AllowedAnswers
{
    private const ulong NeverPassed = 0x33; // RAX, RCX, RSP, RBP
    private const int R10Bit = 10;
    private const ulong OperandBusy = 0x8000_0200_0000_0000;
    private const ulong InvalidCpuSvn = 0xC000_1000_0000_0000;
    private const ulong MetadataListOverflow = 0xC000_0C04_0000_0000;
    private const ulong DetailsMask = 0xFFFF_FFFF;
    private const ulong MostDetails = 187; // the largest operand id but one

    private static readonly HashSet<ulong> ModuleStatuses =
    [
        0, Spec.OperandInvalid, Spec.NoValidVeInfo, Spec.PageAlreadyAccepted, Spec.PageSizeMismatch, OperandBusy, Spec.FieldIdIncorrect, Spec.FieldNotWritable,
        Spec.FieldNotReadable, Spec.FieldValueNotValid, Spec.FirstFieldIdInContext, MetadataListOverflow, Spec.ServTdNotBound, Spec.InvalidReportMacStruct, InvalidCpuSvn,
    ];

    private static readonly HashSet<ulong> CallStatuses =
        [0, Spec.Retry, Spec.InvalidOperand, Spec.InvalidOperand + 1, Spec.AlignError, Spec.SubfuncUnsupported];

    private static readonly HashSet<long> HypercallResults = [0, -1000, -22, -95];

    /// <summary>Whether a call with these registers may end with those.</summary>
    public static bool Allow(ulong rax, ulong rcx, ulong r10, ulong raxAfter, ulong r10After)
    {
        if (rax != 0)
        {
            return raxAfter == 0 || ((raxAfter & ~DetailsMask) != 0 && ModuleStatuses.Contains(raxAfter & ~DetailsMask) && (raxAfter & DetailsMask) <= MostDetails);
        }

        bool maskIsGood = (rcx & NeverPassed) == 0 && rcx >> 32 == 0;
        if (!maskIsGood)
        {
            return raxAfter == Spec.OperandInvalid + Spec.RcxId && r10After == r10;
        }

        bool passesR10 = (rcx >> R10Bit & 1) != 0;
        bool answered = !passesR10 ? r10After == r10 : r10 == 0 ? CallStatuses.Contains(r10After) : HypercallResults.Contains((long)r10After);
        return raxAfter == 0 && answered;
    }
}
