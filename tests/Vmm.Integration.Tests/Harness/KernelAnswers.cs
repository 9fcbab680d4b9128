using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.Harness;

/// <summary>
/// Where the backends differ, because KVM answers on TDX hardware before the VMM is asked (arch/x86/kvm/vmx/tdx.c, handle_tdvmcall). Whole tests that
/// mean something else there are overridden in their class.
/// </summary>
internal static class KernelAnswers
{
    private const ulong Efer = 0xC000_0080;
    private const ulong EferOfTd = 0xD01; // SCE, LME, LMA, NXE

    public static IReadOnlyList<KernelAnswer> All { get; } =
    [
        new(IsCall(54), Answers(SubfuncUnsupported), "WBINVD: KVM does not know the call, and looks at no operand"),
        new(IsCall(0x10005), Answers(SubfuncUnsupported), "Service: KVM does not forward it"),
        new(
            call => IsCall(31)(call) && call.R12 == Efer,
            r => r with { Rax = 0, R10 = 0, R11 = EferOfTd },
            "RDMSR of EFER: a TD begins with SCE set (TDH.VP.INIT), which only firmware or a kernel clears"),
    ];

    public static KernelAnswer? Find(Registers call) => All.FirstOrDefault(answer => answer.Applies(call));

    private static Func<Registers, bool> IsCall(ulong leaf) => call => call is { Rax: 0, R10: 0 } && call.R11 == leaf;
}
