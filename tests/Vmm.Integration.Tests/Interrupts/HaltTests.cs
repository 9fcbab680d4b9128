using Iced.Intel;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Machine;
using Vmm.Integration.Tests.Harness;
using Vmm.Integration.Tests.VmCalls;
using Vmm.Tdx.VmCalls;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.Interrupts;

/// <summary>TDVMCALL Instruction.HLT (12), and what ends it.</summary>
public abstract class HaltTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private const ulong InterruptFlag = 1 << 9;
    private const uint TimerEntry = 0x832;
    private const uint TimerInitialCount = 0x838;
    private const uint TimerDivide = 0x83E;
    private const uint TscDeadline = 0x6E0;
    private const uint DeadlineMode = 0x4_0000;
    private const uint DivideBy1 = 0xB;
    private const ulong IoApicSelect = 0xFEC0_0000;
    private const ulong IoApicWindow = 0xFEC0_0010;

    private protected InterruptProgram Interrupts { get; } = new();

    private protected TestProgram Program => Interrupts.Program;

    private protected static Registers Hlt(ulong blocked) => VmCall(12) with { R12 = blocked };

    // Halts with RFLAGS.IF = 0 and R12 = 0, as Linux does: interrupts wake it all the same.
    private TdRun HaltsAndWakes(TdOptions? options = null)
    {
        Program.Load(Hlt(0));
        Program.TdCall();
        ulong captured = Program.Capture();
        TdRun run = TdRunner.Run(new TBackend(), Program, options).Succeeded();
        Registers registers = run.Registers(captured);
        Assert.Equal(Hlt(0) with { Rax = 0, R10 = 0 }, registers with { Rflags = registers.Rflags & ~InterruptFlag });
        Assert.Equal(1UL, run.Quadword(Interrupts.Count));
        return run;
    }

    [KvmFact]
    public void Hlt_InterruptAlreadyPending_IsTakenBehindTheTdCall()
    {
        Interrupts.InterruptSelf();
        HaltsAndWakes().Dispose();
    }

    [KvmFact]
    public void Hlt_ApicTimer_Wakes()
    {
        Interrupts.WriteMsr(TimerDivide, DivideBy1);
        Interrupts.WriteMsr(TimerEntry, InterruptProgram.Vector);
        Interrupts.WriteMsr(TimerInitialCount, 100_000); // 4 ms of the 25 MHz crystal
        HaltsAndWakes().Dispose();
    }

    [KvmFact]
    public void Hlt_TscDeadline_Wakes()
    {
        Interrupts.WriteMsr(TimerEntry, DeadlineMode | InterruptProgram.Vector);
        Program.rdtsc();
        Program.shl(rdx, 32);
        Program.or(rdx, rax);
        Program.add(rdx, 10_000_000);
        Program.mov(eax, edx);
        Program.shr(rdx, 32);
        Program.mov(ecx, TscDeadline);
        Program.wrmsr();
        HaltsAndWakes().Dispose();
    }

    [KvmFact]
    public void Hlt_SerialPortThroughIoApic_Wakes()
    {
        const ulong Pin4 = 0x18;
        Registers Mmio(ulong address, ulong data) => VmCall(48) with { R12 = 4, R13 = 1, R14 = address | TestHost.SharedBit, R15 = data };
        Registers Out(ulong port, ulong data) => VmCall(30) with { R12 = 1, R13 = 1, R14 = port, R15 = data };
        Program.Calls(
            Mmio(IoApicSelect, Pin4 + 1),
            Mmio(IoApicWindow, 0),
            Mmio(IoApicSelect, Pin4),
            Mmio(IoApicWindow, InterruptProgram.Vector),
            Out(0x3FC, 8), // OUT2 connects the interrupt
            Out(0x3F9, 2)); // transmitter empty
        using TdRun run = HaltsAndWakes();
        Assert.Equal("", run.Console);
    }

    [KvmFact]
    public void Hlt_QuoteThatIsReady_WakesByTheVectorOfTheGuest()
    {
        const ulong Buffer = TestProgram.Scratch;
        byte[] header = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        Program.Calls(
            VmCall(0x10004) with { R12 = InterruptProgram.Vector },
            VmCall(0x10001) with { R12 = Buffer | TestHost.SharedBit, R13 = 0x2000 },
            VmCall(0x10002) with { R12 = Buffer | TestHost.SharedBit, R13 = 0x2000 });
        using TdRun run = HaltsAndWakes(new TdOptions
        {
            Configure = services =>
            {
                services.AddSingleton(new SharedPageContent(Buffer, header));
                services.AddScoped<IPageConverter, FillingConverter>();
                services.AddScoped<IQuoteProvider, ReversingQuoteProvider>();
            },
        });
        Assert.Equal(0UL, run.Quadword(Buffer + 8));
        Assert.Equal([4, 3, 2, 1], run.Bytes(Buffer + 24, 4).ToArray());
    }

    [KvmFact]
    public virtual void Hlt_InterruptsBlocked_PendingInterruptDoesNotWake()
    {
        Interrupts.InterruptSelf();
        Program.Calls(Hlt(1));
        using TdRun run = TdRunner.Run(new TBackend(), Program);
        Assert.Equal(MachineOutcomeKind.Crash, run.Outcome.Kind);
        Assert.StartsWith("all vCPUs are halted with interrupts disabled", run.Outcome.Message, StringComparison.Ordinal);
        Assert.Equal(0UL, run.Quadword(Interrupts.Count));
    }

    [KvmFact]
    public void NativeHlt_InterruptsEnabled_Wakes()
    {
        Label wait = Program.CreateLabel();
        Interrupts.WriteMsr(TimerDivide, DivideBy1);
        Interrupts.WriteMsr(TimerEntry, InterruptProgram.Vector);
        Interrupts.WriteMsr(TimerInitialCount, 100_000);
        Program.Label(ref wait);
        Program.sti();
        Program.hlt();
        Program.cli();
        Program.cmp(__qword_ptr[(long)Interrupts.Count], 1);
        Program.jne(wait);
        TdRunner.Run(new TBackend(), Program).Succeeded().Dispose();
    }
}
