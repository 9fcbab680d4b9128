using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Interrupts;

/// <summary>Application processors, started through the wake-up mailbox (ACPI, multiprocessor wakeup structure).</summary>
public abstract class MultiprocessorTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private readonly InterruptProgram _interrupts = new();

    private TestProgram P => _interrupts.Program;

    private void WaitFor(ulong counter, int value)
    {
        Label wait = P.CreateLabel();
        P.Label(ref wait);
        P.pause();
        P.cmp(__qword_ptr[(long)counter], value);
        P.jne(wait);
    }

    private void Spin()
    {
        Label forever = P.CreateLabel();
        P.Label(ref forever);
        P.pause();
        P.jmp(forever);
    }

    [KvmTheory]
    [InlineData(2)]
    [InlineData(4)]
    public void Mailbox_StartsEachVcpu_WithItsOwnIndex(int cpus)
    {
        ulong arrived = P.Zeros(sizeof(ulong), sizeof(ulong));
        ulong counts = P.Zeros(cpus * sizeof(ulong), sizeof(ulong));
        ulong apicIds = P.Zeros(cpus * sizeof(ulong), sizeof(ulong));
        Label entry = P.CreateLabel();
        for (int apicId = 1; apicId < cpus; apicId++)
        {
            Mailbox.Start(P, apicId, entry);
        }

        WaitFor(arrived, cpus - 1);
        P.Exit();

        P.Label(ref entry);
        P.TdCall(leaf: 1);
        P.mov(rbx, r9);
        P.mov(__qword_ptr[(rbx * sizeof(ulong)) + (long)counts], r8);
        P.mov(ecx, 0x802);
        P.rdmsr();
        P.mov(__dword_ptr[(rbx * sizeof(ulong)) + (long)apicIds], eax);
        P.@lock.inc(__qword_ptr[(long)arrived]);
        Spin();

        using TdRun run = TdRunner.Run(new TBackend(), P, new TdOptions { Cpus = cpus }).Succeeded();
        for (int i = 1; i < cpus; i++)
        {
            ulong offset = (ulong)(i * sizeof(ulong));
            Assert.Equal((uint)cpus | ((ulong)cpus << 32), run.Quadword(counts + offset));
            Assert.Equal((ulong)i, run.Quadword(apicIds + offset));
        }

        Assert.Equal(0UL, run.Quadword(counts));
    }

    [KvmFact]
    public void Hlt_OnAnotherVcpu_IsEndedByAnInterruptFromTheFirst()
    {
        const int StackSize = 4096;
        const int Rounds = 5;
        ulong stack = P.Zeros(StackSize, 16) + StackSize;
        ulong ready = P.Zeros(sizeof(ulong), sizeof(ulong));
        ulong woken = P.Zeros(sizeof(ulong), sizeof(ulong));
        Label entry = P.CreateLabel();
        Label again = P.CreateLabel();
        Mailbox.Start(P, apicId: 1, entry);
        WaitFor(ready, 1); // an APIC that is disabled accepts nothing
        for (int round = 1; round <= Rounds; round++)
        {
            _interrupts.Interrupt(apicId: 1);
            WaitFor(woken, round);
        }

        P.Exit();

        P.Label(ref entry);
        P.mov(rsp, stack);
        _interrupts.EnableApic();
        P.inc(__qword_ptr[(long)ready]);
        P.Label(ref again);
        P.xor(r12d, r12d);
        P.VmCall(12);
        P.cli(); // the next interrupt comes once this one has been told of, and must find the vCPU halted or about to
        P.mov(rax, __qword_ptr[(long)_interrupts.Count]);
        P.mov(__qword_ptr[(long)woken], rax);
        P.jmp(again);

        using TdRun run = TdRunner.Run(new TBackend(), P, new TdOptions { Cpus = 2 }).Succeeded();
        Assert.Equal((ulong)Rounds, run.Quadword(_interrupts.Count));
    }
}
