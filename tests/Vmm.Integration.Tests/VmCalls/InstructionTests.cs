using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>The TDVMCALLs that stand for instructions, but for HLT: leaf = VMX exit reason.</summary>
public abstract class InstructionTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private const ulong Read = 0;
    private const ulong Write = 1;
    private const ulong WideGarbage = 0xDEAD_BEEF_0000_0000;

    private static Registers Cpuid(ulong eax, ulong ecx) => VmCall(10) with { R12 = eax, R13 = ecx };

    private static Registers Io(ulong size, ulong direction, ulong port) => VmCall(30) with { R12 = size, R13 = direction, R14 = port };

    private static Registers Rdmsr(ulong index) => VmCall(31) with { R12 = index };

    private static Registers Wrmsr(ulong index, ulong value) => VmCall(32) with { R12 = index, R13 = value };

    private static Func<Registers, Registers> Gives(ulong r11) => r => r with { Rax = 0, R10 = 0, R11 = r11 };

    [KvmFact]
    public void Cpuid_DetectionAndHypervisorLeaves_IdentifyTdxAndKvm()
    {
        new CallTable
        {
            { Cpuid(0x21, 0), r => r with { Rax = 0, R10 = 0, R12 = 0, R13 = 0x65746E49, R14 = 0x20202020, R15 = 0x5844546C } },
            { Cpuid(0x4000_0000, 0), r => r with { Rax = 0, R10 = 0, R12 = 0x4000_0001, R13 = 0x4B4D564B, R14 = 0x564B4D56, R15 = 0x4D } },
            { Cpuid(0x4000_0001, 0), r => r with { Rax = 0, R10 = 0, R12 = 0, R13 = 0, R14 = 0, R15 = 0 } },
            { Cpuid(0x8000_0000, 0), r => r with { Rax = 0, R10 = 0, R12 = 0x8000_0008, R13 = 0, R14 = 0, R15 = 0 } },
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void Io_AllSizes_ReachTheDevice()
    {
        ulong data = Registers.Distinct.R15;
        using TdRun run = new CallTable
        {
            { Io(1, Read, Recorder.Port), Gives(Recorder.Answer(Recorder.Port, 1)) },
            { Io(2, Read, Recorder.Port + 2), Gives(Recorder.Answer(Recorder.Port + 2, 2)) },
            { Io(4, Read, Recorder.Port + 4), Gives(Recorder.Answer(Recorder.Port + 4, 4)) },
            { Io(1, Write, Recorder.Port), Answers(0) },
            { Io(2, Write, Recorder.Port), Answers(0) },
            { Io(4, Write, Recorder.Port), Answers(0) },
        }.Check(new TBackend());
        Assert.Equal(
            [(true, 1, data & 0xFF), (true, 2, data & 0xFFFF), (true, 4, data & 0xFFFF_FFFF)],
            run.Recorder.Accesses.Skip(3).Select(access => (access.IsWrite, access.Size, access.Value)));
    }

    [KvmFact]
    public void Io_NobodysPort_ReadsAllOnes()
    {
        new CallTable
        {
            { Io(1, Read, 0x4321), Gives(0xFF) },
            { Io(2, Read, 0x4321), Gives(0xFFFF) },
            { Io(4, Read, 0xFFFF), Gives(0xFFFF_FFFF) },
            { Io(4, Write, 0xFFFF), Answers(0) },
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void Io_BadSizeOrDirection_IsInvalidOperandAndReachesNothing()
    {
        CallTable table = [];
        foreach (ulong size in new ulong[] { 0, 3, 5, 8, 16, 1UL << 32, ulong.MaxValue })
        {
            table.Add(Io(size, Read, Recorder.Port), Answers(InvalidOperand));
            table.Add(Io(size, Write, Recorder.Port), Answers(InvalidOperand));
        }

        table.Add(Io(1, 2, Recorder.Port), Answers(InvalidOperand));
        table.Add(Io(1, WideGarbage, Recorder.Port), Answers(InvalidOperand));
        using TdRun run = table.Check(new TBackend());
        Assert.Empty(run.Recorder.Accesses);
    }

    [KvmFact]
    public void Msr_AllowedConstantAndDenied_FollowThePolicy()
    {
        const ulong ApicBaseOfBootProcessor = 0xFEE0_0D00;
        new CallTable
        {
            { Rdmsr(0x1B), Gives(ApicBaseOfBootProcessor) },
            { Wrmsr(0x1B, ApicBaseOfBootProcessor), Answers(InvalidOperand) },
            { Rdmsr(0x3A), Gives(1) },
            { Wrmsr(0x3A, 1), Answers(InvalidOperand) },
            { Rdmsr(0x277), Gives(0x0007_0406_0007_0406) },
            { Wrmsr(0x277, 0x0606_0606_0606_0606), Answers(0) },
            { Rdmsr(0x277), Gives(0x0606_0606_0606_0606) },
            { Rdmsr(0x802), Gives(0) }, // x2APIC id
            { Rdmsr(0x808), Answers(InvalidOperand) }, // TPR is the processor's
            { Rdmsr(0x10), Answers(InvalidOperand) },
            { Rdmsr(0xC000_0080), Gives(0xD00) },
            { Wrmsr(0xC000_0080, 0xD01), Answers(InvalidOperand) },
            { Rdmsr(0xFFFF_FFFF), Answers(InvalidOperand) },
            { Wrmsr(0xFFFF_FFFF, 0), Answers(InvalidOperand) },
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void WithoutHandler_AnyOperand_IsSubfuncUnsupported()
    {
        CallTable table = [];
        foreach (ulong leaf in new ulong[] { 15, 18, 65, 0x10006, 0, 1, 11, 13, 29, 33, 47, 49, 64, 66, 0xFFFF, 0x10007, 0x10100, 1UL << 32, (1UL << 32) | 30, ulong.MaxValue })
        {
            table.Add(VmCall(leaf), Answers(SubfuncUnsupported));
        }

        table.Add(VmCall(54) with { R12 = 0 }, Answers(SubfuncUnsupported));
        table.Add(VmCall(54) with { R12 = 1 }, Answers(SubfuncUnsupported));
        table.Add(VmCall(54) with { R12 = 2 }, Answers(InvalidOperand));
        table.Add(VmCall(54) with { R12 = 1UL << 32 }, Answers(InvalidOperand));
        table.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void VendorCall_HypercallsWithoutFeature_AreNoSuchCall()
    {
        const ulong NoSuchCall = unchecked((ulong)-1000);
        CallTable table = new() { { VmCall(0) with { R10 = 1 }, Answers(0) } }; // VAPIC_POLL_IRQ
        foreach (ulong number in new ulong[] { 2, 5, 10, 11, 13, 0x1AF7E4909, 1UL << 63, ulong.MaxValue })
        {
            table.Add(VmCall(0) with { R10 = number }, Answers(NoSuchCall));
        }

        table.Check(new TBackend()).Dispose();
    }
}
