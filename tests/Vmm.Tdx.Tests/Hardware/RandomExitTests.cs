using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Tdx.Hardware;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.TdxModel.Hardware;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>Sequences that nobody thought of. Failures name their seed.</summary>
public sealed class RandomExitTests
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 8, 12, 16, 30, 31, 32, 33, 48, 255, 256, 0xFFF, 0x1000, 0x1001, 0x20_0000, TestTd.DevicePort, TestTd.DeviceGpa,
        HardwareTd.RamSize - 0x1000, HardwareTd.RamSize, HardwareTd.Shared(0), HardwareTd.Shared(0x10_0000), HardwareTd.Shared(TestTd.DeviceGpa),
        HardwareTd.Shared(HardwareTd.RamSize), 1UL << 32, 1UL << 48, 1UL << 63, ulong.MaxValue, 0x3A, 0x277, 0x802, 0xC000_0080,
    ];

    private static readonly ulong[] Leaves =
        [10, 12, 15, 18, 30, 30, 31, 32, 48, 48, 54, 65, 0x10000, 0x10001, 0x10001, 0x10002, 0x10003, 0x10004, 0x10005, 0x10006, 0x10007];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Guest_RandomCallsAndFaults_EndsOnlyByItsScript(int seed)
    {
        const int Steps = 300;
        Random random = new(seed);
        using HardwareTd td = new();
        td.Script.SetMsr(0x277, 0);
        int answers = 0;
        for (int i = 0; i < Steps; i++)
        {
            if (random.Next(8) == 0)
            {
                td.Script.Exit(new TdExit(TdExitKind.EptViolation, (ulong)random.NextInt64((long)HardwareTd.RamSize), random.Next(2) == 0));
                answers++;
            }
            else
            {
                td.Script.Call(Call(random), _ => answers++);
            }
        }

        MachineOutcome outcome = td.Run();
        Assert.Equal((HardwareTd.EndOfScript, Steps, 0L), (outcome.Message, answers, td.Get<VmCallFaults>().Count));
        Assert.Empty(td.Leaks());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Handle_RandomBytesForAnExit_NeverThrows(int seed)
    {
        Random random = new(seed);
        using HardwareTd td = new();
        Vcpu vcpu = td.Build().Vcpus[0];
        TdxTd personality = td.Get<TdxTd>();
        int[] results = [0, 0, 0, 0, -14, -4, -5, -22, -133];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(MemoryMarshal.AsBytes(new Span<Core.Kvm.Layout.KvmExitUnion>(ref vcpu.Kvm.Area.Exit)));
            vcpu.Kvm.Area.ExitReason = (KvmExitReason)random.Next(45);
            if (random.Next(2) == 0)
            {
                vcpu.Kvm.Area.Exit.Hypercall.Number = 12; // else hardly ever
                vcpu.Kvm.Area.Exit.Tdx.Number = 0x10000 + (ulong)random.Next(5);
            }

            VcpuExit exit = VcpuExit.From(vcpu.Kvm, results[random.Next(results.Length)]);
            personality.Handle(vcpu, in exit);
        }

        Assert.Equal(0, td.Get<VmCallFaults>().Count);
    }

    [Fact]
    public void Handle_ExitsThatGuestsRepeat_AllocatesNothing()
    {
        const int Rounds = 1000; // conversions are missing: the model's own bookkeeping of them is not free
        using HardwareTd td = new(services => services.AddScoped<IQuoteProvider, NoQuoteProvider>());
        Vcpu vcpu = td.Build().Vcpus[0];
        TdxTd personality = td.Get<TdxTd>();
        (KvmExitReason Reason, Action Fill)[] exits =
        [
            (KvmExitReason.Io, () => vcpu.Kvm.Area.Exit.Io = new() { Size = 1, Port = TestTd.DevicePort, Count = 1, DataOffset = 4096 }),
            (KvmExitReason.Mmio, () => vcpu.Kvm.Area.Exit.Mmio = new() { PhysicalAddress = TestTd.DeviceGpa, Length = 4 }),
            (KvmExitReason.X86Rdmsr, () => vcpu.Kvm.Area.Exit.Msr = new() { Index = 0x10 }),
            (KvmExitReason.X86Wrmsr, () => vcpu.Kvm.Area.Exit.Msr = new() { Index = 0x10 }),
            (KvmExitReason.Tdx, () => vcpu.Kvm.Area.Exit.Tdx = new() { Number = 0x10000, GetInfo = new() { Leaf = 1 } }),
            (KvmExitReason.Tdx, () => vcpu.Kvm.Area.Exit.Tdx = new() { Number = 0x10002, GetQuote = new() { Gpa = 0x1000, Size = 0x1000 } }),
            (KvmExitReason.Tdx, () => vcpu.Kvm.Area.Exit.Tdx = new() { Number = 0x10004, SetupNotify = new() { Vector = 0x50 } }),
            (KvmExitReason.Tdx, () => vcpu.Kvm.Area.Exit.Tdx = new() { Number = 0x10007 }),
            (KvmExitReason.IoapicEoi, () => vcpu.Kvm.Area.Exit.EoiVector = 0x31),
        ];
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            Round();
        }

        long perRound = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        Assert.Equal(0, perRound);
        Assert.False(td.Lifecycle.Ended.IsCompleted);

        void Round()
        {
            foreach ((KvmExitReason reason, Action fill) in exits)
            {
                vcpu.Kvm.Area.ExitReason = reason;
                fill();
                VcpuExit exit = VcpuExit.From(vcpu.Kvm, 0);
                personality.Handle(vcpu, in exit);
            }
        }
    }

    private static VpEnterArgs Call(Random random)
    {
        ulong Value() => random.Next(4) == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : Interesting[random.Next(Interesting.Length)];
        VpEnterArgs call = HardwareTd.VmCall(Leaves[random.Next(Leaves.Length)], Value(), Value(), Value(), Value());
        return random.Next(6) == 0 ? call with { R10 = (ulong)random.Next(16), R11 = Value() } : call;
    }
}
