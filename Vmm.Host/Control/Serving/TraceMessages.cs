using System.Diagnostics;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tracing;
using Vmm.Tdx.Tracing.Formatting;

namespace Vmm.Host.Control.Serving;

/// <summary>Trace records in the words of the API.</summary>
/// <param name="width">Width of the TD's addresses.</param>
internal sealed class TraceMessages(GpaWidth width)
{
    private const double NanosPerSecond = 1e9;

    // What a TDCALL that is no TDVMCALL can pass: TDX module ABI, "TDCALL instruction (common)".
    private static readonly Gpr[] TdCallOperands = [Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13];
    private static readonly Gpr[] Registers = System.Enum.GetValues<Gpr>();

    private readonly TraceFormatter _formatter = new(width);
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private readonly long _nowTicks = Stopwatch.GetTimestamp();

    /// <summary>A record as a message.</summary>
    internal Api.TraceEvent Of(in TraceRecord record)
    {
        Api.TraceEvent message = new()
        {
            At = (_now + TimeSpan.FromSeconds((record.Timestamp - _nowTicks) / (double)Stopwatch.Frequency)).ToTimestamp(),
            DurationNanoseconds = (ulong)(record.Duration * NanosPerSecond / Stopwatch.Frequency),
            Vcpu = (uint)record.Vcpu,
            Function = FunctionOf(in record),
            Status = StatusOf(in record),
            Error = record.IsError,
            Text = _formatter.Format(in record),
        };
        if (record.Event == TraceEvent.TdCall)
        {
            Add(message.Input, in record, in record.Input);
            Add(message.Output, in record, in record.Output);
        }

        return message;
    }

    private static string FunctionOf(in TraceRecord record) => record switch
    {
        { Event: TraceEvent.VirtualizationException } => "#VE",
        { IsVmCall: true } => $"{TdCallLeaf.VpVmCall.SpecName()}<{record.VmCall}>",
        _ => record.Function.Leaf.SpecName(),
    };

    private static string StatusOf(in TraceRecord record) => record switch
    {
        { Event: TraceEvent.VirtualizationException } => "",
        { IsVmCall: true, VmCall.IsVendor: true } => $"{(long)record.Answered.R10}",
        { IsVmCall: true } => SpecNames.Of(record.Answered.Status),
        { Violation: not null } => "EPT_VIOLATION",
        _ => record.Status.ToString(),
    };

    private static void Add(MapField<string, ulong> map, in TraceRecord record, in KvmRegs registers)
    {
        foreach (Gpr register in Registers)
        {
            bool passes = record.IsVmCall ? record.Mask.Selects(register) : TdCallOperands.Contains(register);
            if (passes)
            {
                map[register.ToString().ToLowerInvariant()] = registers.Read(register);
            }
        }
    }
}
