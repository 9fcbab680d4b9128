using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Tests.Module;
using Vmm.Tdx.Tracing;

namespace Vmm.Tdx.Tests.Tracing;

public sealed class TdTracerTests : IDisposable
{
    private readonly TdUnderTest _td = new();
    private readonly TdTracer _tracer = new();
    private readonly TraceRing _ring = new(16);

    public void Dispose() => _td.Dispose();

    [Fact]
    public void Observe_Subscribed_GivesRegistersBeforeAndAfter()
    {
        _tracer.Subscribe(_ring);

        KvmRegs registers = new() { Rax = (ulong)TdCallLeaf.VpInfo, Rdx = 0x77 };
        TdCallResult result = _tracer.Observe(_td.Module, _td.Vcpu, ref registers);

        Assert.True(result.IsSuccess);
        Assert.True(_ring.TryRead(out TraceRecord record));
        Assert.Equal((1, TraceEvent.TdCall, TdCallLeaf.VpInfo, 0x77UL), (record.Vcpu, record.Event, record.Function.Leaf, record.Input.Rdx));
        Assert.Equal(registers, record.Output);
        Assert.True(record.Duration > 0 && record.Timestamp > 0);
    }

    [Fact]
    public void Observe_SubscriptionEnded_GivesNothing()
    {
        _tracer.Subscribe(_ring).Dispose();

        Call(TdCallLeaf.VpInfo);

        Assert.False(_ring.TryRead(out _));
    }

    [Fact]
    public void Observe_Topics_LetOnlyThesePass()
    {
        _tracer.Subscribe(_ring, TraceTopics.Io | TraceTopics.Ve);

        Call(TdCallLeaf.VpInfo);
        Call(TdCallLeaf.VpVeInfoGet);
        Call(TdCallLeaf.VpVmCall, r11: (ulong)VmCallLeaf.InstructionIo);
        Call(TdCallLeaf.VpVmCall, r11: (ulong)VmCallLeaf.InstructionHlt);
        _tracer.VeRaised(_td.Vcpu, default, new VeInfo(VmxExitReason.Cpuid));

        List<TraceTopics> topics = [];
        while (_ring.TryRead(out TraceRecord record))
        {
            topics.Add(record.Topic());
        }

        Assert.Equal([TraceTopics.Ve, TraceTopics.Io, TraceTopics.Ve], topics);
    }

    [Fact]
    public void Observe_SteadyState_AllocatesNothing()
    {
        _tracer.Subscribe(_ring);
        _tracer.Subscribe(new TraceSummary(2));
        Round();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Round();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Round()
        {
            Call(TdCallLeaf.VpInfo);
            Call(TdCallLeaf.VpVmCall, r11: RecordingVmm.KnownLeaf);
            _tracer.VeRaised(_td.Vcpu, default, new VeInfo(VmxExitReason.Cpuid));
        }
    }

    [Fact]
    public void Counters_Calls_AreCountedByAnswer()
    {
        Call(TdCallLeaf.VpInfo);
        Call(TdCallLeaf.VpVmCall, r11: RecordingVmm.KnownLeaf);
        Call(TdCallLeaf.VpVmCall, r11: RecordingVmm.KnownLeaf);
        Call(TdCallLeaf.VpVmCall, r11: 0xABC);

        Assert.Equal([KeyValuePair.Create("TDG.VP.VMCALL", 3L), KeyValuePair.Create("TDG.VP.INFO", 1L)], _td.Vcpu.TdCalls.All());
        Assert.Equal(
            [new("GetTdVmCallInfo", "SUCCESS", 2), new("others", "SUBFUNC_UNSUPPORTED", 1)], _td.Vcpu.VmCallVcpu.VmCalls.All());
    }

    private void Call(TdCallLeaf leaf, ulong r11 = 0)
    {
        KvmRegs registers = new() { Rax = (ulong)leaf, Rcx = TestRecords.AllRegisters, R11 = r11 };
        _tracer.Observe(_td.Module, _td.Vcpu, ref registers);
    }
}
