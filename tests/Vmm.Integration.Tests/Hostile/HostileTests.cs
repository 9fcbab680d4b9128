using System.Runtime.InteropServices;
using Iced.Intel;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Machine;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.VmCalls;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Hostile;

/// <summary>A guest that calls everything with anything: it gets answers of the specification, and the VMM neither falls nor grows.</summary>
public abstract class HostileTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private const ulong Table = 32 << 20;
    private const int DefaultCalls = 20_000;
    private const int CallSize = HostileCalls.RegistersACall * sizeof(ulong);
    private const int RaxIndex = 0;
    private const int RcxIndex = 1;
    private const int R10Index = 9;
    private const int R11Index = 10;

    // Only so that calls are served and not refused alike: the numbers are far below what is seen.
    private const int LeastDifferentAnswers = 15;

    // Less than the smallest object a call, for the counts that this test is run with.
    private const long MemoryNoise = 1 << 20;

    private protected static int Calls => int.TryParse(Environment.GetEnvironmentVariable("VMM_HOSTILE_CALLS"), out int calls) ? calls : DefaultCalls;

    /// <summary>The exits that the calls of one vCPU are seen by at the least.</summary>
    private protected abstract long LeastExits { get; }

    /// <summary>How a TD ends that has made its own code or stack somebody else's.</summary>
    private protected abstract string EndOnTheBranch { get; }

    [KvmFact]
    public void AnyCalls_OneVcpu_GetAnswersOfTheSpecification()
    {
        ulong[] calls = new HostileCalls(seed: 20_260).Create(Calls);
        TestProgram program = new();
        program.Segments.Add((Table, MemoryMarshal.AsBytes<ulong>(calls).ToArray()));
        CallAll(program, Table, Table + (ulong)Buffer.ByteLength(calls));
        long before = 0;

        using TdRun run = TdRunner.Run(new TBackend(), program, new TdOptions
        {
            Memory = Table + (ulong)Buffer.ByteLength(calls) + (2 << 20) & ~0xFFFUL,
            Devices = ["debug-exit", "post-code", Recorder.Type],
            Configure = services => services.AddScoped<IFatalErrorSink, DeafSink>(),
            Patience = TimeSpan.FromMinutes(10),
            Starting = _ => before = GC.GetTotalMemory(forceFullCollection: true),
        }).Succeeded();

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(grown, long.MinValue, MemoryNoise);
        Assert.InRange(run.Exits[0].Total, LeastExits, long.MaxValue);
        Assert.Equal(0, run.Services.GetRequiredService<VmCallFaults>().Count);
        ReadOnlySpan<ulong> answers = MemoryMarshal.Cast<byte, ulong>(run.Bytes(Table, Buffer.ByteLength(calls)));
        Check(calls, answers);
    }

    [KvmFact]
    public void AnyCalls_TwoVcpusAtOnce_GetAnswersOfTheSpecification()
    {
        ulong[] calls = new HostileCalls(seed: 20_261).Create(Calls / 4 * 2);
        ulong half = Table + (ulong)(Buffer.ByteLength(calls) / 2);
        ulong end = Table + (ulong)Buffer.ByteLength(calls);
        TestProgram program = new();
        program.Segments.Add((Table, MemoryMarshal.AsBytes<ulong>(calls).ToArray()));
        ulong done = program.Zeros(sizeof(ulong), sizeof(ulong));
        Label second = program.CreateLabel();
        Label wait = program.CreateLabel();
        Label forever = program.CreateLabel();
        Mailbox.Start(program, apicId: 1, second);
        CallAll(program, Table, half);
        program.mov(rsp, program.StackTop);
        program.Label(ref wait);
        program.pause();
        program.cmp(__qword_ptr[(long)done], 1);
        program.jne(wait);
        program.Exit();
        program.Label(ref second);
        CallAll(program, half, end);
        program.inc(__qword_ptr[(long)done]);
        program.Label(ref forever);
        program.pause();
        program.jmp(forever);

        using TdRun run = TdRunner.Run(new TBackend(), program, new TdOptions
        {
            Cpus = 2,
            Memory = end + (2 << 20) & ~0xFFFUL,
            Devices = ["debug-exit", "post-code", Recorder.Type],
            Configure = services => services.AddScoped<IFatalErrorSink, DeafSink>(),
            Patience = TimeSpan.FromMinutes(10),
        }).Succeeded();

        Assert.Equal(0, run.Services.GetRequiredService<VmCallFaults>().Count);
        Check(calls, MemoryMarshal.Cast<byte, ulong>(run.Bytes(Table, Buffer.ByteLength(calls))));
    }

    [KvmTheory]
    [InlineData(0x20_0000UL)] // the code
    [InlineData(0x21_0000UL)] // the stack, where the next thing is pushed
    [InlineData(0x0UL)] // all of memory
    public void MapGpa_BranchTheGuestSitsOn_EndsWithCleanMessage(ulong start)
    {
        TestProgram program = new();
        program.Calls(Spec.VmCall(0x10001) with { R12 = start | TestHost.SharedBit, R13 = start == 0 ? TdOptions.Default.Memory : 0x1000 });
        program.push(rax);
        program.Exit(code: 1);
        using TdRun run = TdRunner.Run(new TBackend(), program);
        Assert.Equal(MachineOutcomeKind.Crash, run.Outcome.Kind);
        Assert.Matches(EndOnTheBranch, run.Outcome.Message);
    }

    [KvmFact]
    public void MapGpa_AnyPagesOfAllMemory_EndsWithCleanMessage()
    {
        const int Runs = 16;
        for (int seed = 0; seed < Runs; seed++)
        {
            Random random = new(seed);
            TestProgram program = new();
            program.Calls([.. Enumerable.Range(0, 64).Select(_ => RandomConversion(random))]);
            program.Exit();
            using TdRun run = TdRunner.Run(new TBackend(), program);
            Assert.True(run.Outcome.Kind is MachineOutcomeKind.Crash or MachineOutcomeKind.GuestExit, $"seed {seed}: {run.Outcome.Kind}: {run.Outcome.Message}");
        }
    }

    private static Registers RandomConversion(Random random)
    {
        ulong page = (ulong)random.Next((int)(TdOptions.Default.Memory / 0x1000)) * 0x1000;
        ulong size = (ulong)random.Next(1, 17) * 0x1000;
        return random.Next(3) switch
        {
            0 => Spec.VmCall(0x10001) with { R12 = page, R13 = size },
            1 => Spec.VmCall(0x10001) with { R12 = page | TestHost.SharedBit, R13 = size },
            _ => Spec.TdCall(6) with { Rcx = page },
        };
    }

    // Pops all registers of a call and puts two of its results into their place.
    private static void CallAll(TestProgram program, ulong start, ulong end)
    {
        AssemblerRegister64[] order = [rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];
        ulong limit = program.Data(BitConverter.GetBytes(end), sizeof(ulong));
        Label next = program.CreateLabel();
        program.mov(rsp, start);
        program.Label(ref next);
        foreach (AssemblerRegister64 register in order)
        {
            program.pop(register);
        }

        program.TdCall();
        program.mov(__qword_ptr[rsp - CallSize + (RaxIndex * sizeof(ulong))], rax);
        program.mov(__qword_ptr[rsp - CallSize + (R10Index * sizeof(ulong))], r10);
        program.cmp(rsp, __qword_ptr[(long)limit]);
        program.jb(next);
    }

    private static void Check(ReadOnlySpan<ulong> calls, ReadOnlySpan<ulong> answers)
    {
        HashSet<(ulong, ulong, ulong)> different = [];
        List<string> wrong = [];
        for (int at = 0; at < calls.Length; at += HostileCalls.RegistersACall)
        {
            ReadOnlySpan<ulong> call = calls.Slice(at, HostileCalls.RegistersACall);
            ulong rax = answers[at + RaxIndex];
            ulong r10 = answers[at + R10Index];
            bool isVmCall = call[RaxIndex] == 0;
            different.Add((call[RaxIndex], rax, isVmCall ? r10 : 0));
            if (!AllowedAnswers.Allow(call[RaxIndex], call[RcxIndex], call[R10Index], rax, r10) && wrong.Count < 10)
            {
                wrong.Add($"RAX {call[RaxIndex]:x} RCX {call[RcxIndex]:x} R10 {call[R10Index]:x} R11 {call[R11Index]:x}: RAX {rax:x} R10 {r10:x}");
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(different.Count, LeastDifferentAnswers, int.MaxValue);
    }
}
