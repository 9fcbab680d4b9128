using Vmm.Core.Machine;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>TDVMCALL ReportFatalError (0x10003): ends the TD with the guest's own words.</summary>
public abstract class FatalErrorTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private const ulong PageValid = 1UL << 63;

    private static void Reports(TestProgram program, Registers call, string message)
    {
        program.Calls(call);
        using TdRun run = TdRunner.Run(new TBackend(), program);
        Assert.Equal((MachineOutcomeKind.FatalError, message), (run.Outcome.Kind, run.Outcome.Message));
    }

    private static ulong Letters(string eight) => BitConverter.ToUInt64([.. eight.Select(letter => (byte)letter)]);

    [KvmFact]
    public void Report_InRegisters_IsTextInTheOrderOfTheSpecification() => Reports(
        new TestProgram(),
        VmCall(0x10003) with
        {
            R12 = 0,
            R14 = Letters("TD misco"),
            R15 = Letters("nfigurat"),
            Rbx = Letters("ion: SEP"),
            Rdi = Letters("T #VE ha"),
            Rsi = Letters("s to be "),
            R8 = Letters("disabled"),
            R9 = Letters(". Really"),
            Rdx = Letters(" so.....")
        },
        "the guest reported a fatal error on vCPU 0: code 0x0, \"TD misconfiguration: SEPT #VE has to be disabled. Really so.....\"");

    [KvmFact]
    public void Report_InSharedPage_IsItsZeroTerminatedText()
    {
        TestProgram program = new();
        program.MapWindows();
        program.Calls(VmCall(0x10001) with { R12 = TestProgram.Scratch | TestHost.SharedBit, R13 = 0x1000 });
        program.mov(rax, TestProgram.SharedWindow);
        program.mov(rbx, Letters("no root\0"));
        program.mov(__[rax], rbx);
        Reports(
            program,
            VmCall(0x10003) with { R12 = PageValid | 0x2_0000, R13 = TestProgram.Scratch | TestHost.SharedBit },
            "the guest reported a fatal error on vCPU 0: code 0x20000, \"no root\"");
    }

    [KvmFact]
    public void Report_InPrivatePage_HasNoText() => Reports(
        new TestProgram(),
        VmCall(0x10003) with { R12 = PageValid | 1, R13 = TestProgram.Scratch },
        "the guest reported a fatal error on vCPU 0: code 0x1");
}
