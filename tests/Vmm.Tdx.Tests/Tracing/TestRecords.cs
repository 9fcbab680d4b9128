using System.Diagnostics;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Leaves;
using Vmm.Tdx.Tracing;

namespace Vmm.Tdx.Tests.Tracing;

/// <summary>Fabricates records.</summary>
internal static class TestRecords
{
    public const ulong AllRegisters = 0xFFCC;

    private const long NanosPerSecond = 1_000_000_000;

    public static TraceRecord TdCall(TdCallLeaf leaf, KvmRegs input = default, KvmRegs output = default, ulong status = 0, byte version = 0)
    {
        input.Rax = (ulong)leaf | ((ulong)version << 16);
        output.Rax = status;
        return new TraceRecord { Vcpu = 1, Input = input, Output = output, Duration = Ticks(1200) };
    }

    public static TraceRecord VmCall(VmCallLeaf leaf, KvmRegs input = default, KvmRegs output = default, ulong status = 0, ulong vendor = 0)
    {
        input.Rcx = AllRegisters;
        input.R10 = vendor;
        input.R11 = vendor == 0 ? (ulong)leaf : input.R11;
        output.R10 = status;
        return TdCall(TdCallLeaf.VpVmCall, input, output);
    }

    public static TraceRecord Ve(VeInfo info, ulong rip)
    {
        TraceRecord record = new() { Event = TraceEvent.VirtualizationException };
        record.Input.Rip = rip;
        VpVeInfoGet.Answer(in info, ref record.Output);
        return record;
    }

    public static TraceRecord Lasting(this TraceRecord record, long nanoseconds, int vcpu = 0)
    {
        record.Duration = Ticks(nanoseconds);
        record.Vcpu = vcpu;
        return record;
    }

    private static long Ticks(long nanoseconds) => nanoseconds * Stopwatch.Frequency / NanosPerSecond;
}
