using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class HostileGuestTests
{
    private const int Calls = 200_000;

    // What each sub-function may answer; all others are SUBFUNC_UNSUPPORTED.
    private static readonly FrozenDictionary<VmCallLeaf, VmCallStatus[]> Allowed = new Dictionary<VmCallLeaf, VmCallStatus[]>
    {
        [VmCallLeaf.InstructionCpuid] = [VmCallStatus.Success],
        [VmCallLeaf.InstructionHlt] = [VmCallStatus.Success],
        [VmCallLeaf.InstructionIo] = [VmCallStatus.Success, VmCallStatus.InvalidOperand],
        [VmCallLeaf.InstructionRdmsr] = [VmCallStatus.Success, VmCallStatus.InvalidOperand],
        [VmCallLeaf.InstructionWrmsr] = [VmCallStatus.Success, VmCallStatus.InvalidOperand],
        [VmCallLeaf.RequestMmio] = [VmCallStatus.Success, VmCallStatus.InvalidOperand],
        [VmCallLeaf.InstructionWbinvd] = [VmCallStatus.SubfuncUnsupported, VmCallStatus.InvalidOperand],
        [VmCallLeaf.GetTdVmCallInfo] = [VmCallStatus.Success, VmCallStatus.InvalidOperand],
        [VmCallLeaf.MapGpa] = [VmCallStatus.Success, VmCallStatus.Retry, VmCallStatus.InvalidOperand, VmCallStatus.AlignError],
        [VmCallLeaf.GetQuote] = [VmCallStatus.Success, VmCallStatus.Retry, VmCallStatus.InvalidOperand, VmCallStatus.AlignError],
        [VmCallLeaf.ReportFatalError] = [VmCallStatus.Success],
        [VmCallLeaf.SetupEventNotifyInterrupt] = [VmCallStatus.Success, VmCallStatus.InvalidOperand],
        [VmCallLeaf.Service] = [VmCallStatus.Success, VmCallStatus.InvalidOperand, VmCallStatus.AlignError],
    }.ToFrozenDictionary();

    private static readonly VmCallLeaf[] Leaves = [.. Enum.GetValues<VmCallLeaf>(), (VmCallLeaf)0, (VmCallLeaf)0x10007, (VmCallLeaf)ulong.MaxValue];
    private static readonly KvmHypercall[] Hypercalls = [.. Enum.GetValues<KvmHypercall>(), (KvmHypercall)2, (KvmHypercall)ulong.MaxValue];

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, true)]
    public void Dispatch_RandomCalls_AnswersWhatTheLeafMay(int seed, bool everythingOffered)
    {
        using TestTd td = everythingOffered
            ? new(services => services.AddSingleton<IQuoteProvider>(new FakeQuotes()), kvmFeatures: uint.MaxValue)
            : new();
        td.Pages.Recording = false;
        Random random = new(seed);
        for (int i = 0; i < Calls; i++)
        {
            VmCallRegisters registers = Next(random, td);
            VmCallLeaf leaf = registers.Leaf;
            bool vendor = registers.R10 != 0;
            td.Dispatcher.Dispatch(td.Vcpu, ref registers);
            if (vendor)
            {
                Assert.InRange((long)registers.R10, -1000, 128);
            }
            else if (Allowed.TryGetValue(leaf, out VmCallStatus[]? allowed))
            {
                Assert.Contains(registers.Status, allowed);
            }
            else
            {
                Assert.Equal(VmCallStatus.SubfuncUnsupported, registers.Status);
            }
        }

        Assert.Equal(0, td.Get<VmCallFaults>().Count);
        Assert.InRange(td.FatalErrors.Reports.Count, 1, 16);
    }

    [Fact]
    public void Dispatch_RandomCalls_AllocatesNothing()
    {
        using TestTd td = new();
        td.Pages.Recording = false;
        Random random = new(99);
        Run(td, random, Calls / 10); // tiering, and the fatal errors that are worth their strings

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(td, random, Calls / 2);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 1024); // not per call: what the runtime does once
    }

    private static void Run(TestTd td, Random random, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            VmCallRegisters registers = Next(random, td);
            td.Dispatcher.Dispatch(td.Vcpu, ref registers);
        }
    }

    private static VmCallRegisters Next(Random random, TestTd td)
    {
        td.Vcpu.HasPendingEvent = random.Next(2) == 0;
        if (random.Next(16) == 0)
        {
            random.NextBytes(td.Ram(TestTd.SharedRam, 64));
        }

        VmCallRegisters registers = HostileGuest.Registers(random);
        bool vendor = random.Next(8) == 0;
        return vendor
            ? registers with { R10 = (ulong)Hypercalls[random.Next(Hypercalls.Length)], R11 = registers.R9 }
            : registers with { R11 = (ulong)Leaves[random.Next(Leaves.Length)] };
    }
}
