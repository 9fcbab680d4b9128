using System.Diagnostics;
using System.Globalization;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Makes one line of one record, in the manner of strace.</summary>
/// <param name="width">Width of the TD's guest-physical addresses: it says which are shared.</param>
public sealed class TraceFormatter(GpaWidth width)
{
    private const double MicrosPerSecond = 1e6;
    private const double MicrosPerMilli = 1e3;

    /// <summary>The line, without its end.</summary>
    public string Format(in TraceRecord record) => record.Event == TraceEvent.VirtualizationException
        ? $"[vcpu{record.Vcpu}] #VE {{{VeText.Describe(in record.Output)}}} at rip=0x{record.Input.Rip:x}"
        : $"[vcpu{record.Vcpu}] {Call(in record)} <{Duration(record.Duration)}>";

    private string Call(in TraceRecord record)
    {
        if (record.IsVmCall)
        {
            CallText vmCall = VmCallText.Describe(in record, width);
            return $"{TdCallLeaf.VpVmCall.SpecName()}<{record.VmCall}>({vmCall.Arguments}) = {VmCallText.Status(in record)}{vmCall.Results}";
        }

        TdCallFunction function = record.Function;
        string version = function.Version == 0 ? "" : $"/{function.Version}";
        CallText call = TdCallText.Describe(in record);
        return record.Violation is { } violation
            ? $"{function.Leaf.SpecName()}{version}({call.Arguments}) = EPT_VIOLATION {{{violation.Describe(sharedAlias: false)}}}"
            : $"{function.Leaf.SpecName()}{version}({call.Arguments}) = {record.Status}{Braces(record.Status.IsError ? "" : call.Results)}";
    }

    /// <summary>Results stand in braces, if there are any.</summary>
    internal static string Braces(string results) => results.Length == 0 ? "" : $" {{{results}}}";

    private static string Duration(long ticks)
    {
        double micros = ticks * MicrosPerSecond / Stopwatch.Frequency;
        return micros < MicrosPerMilli
            ? string.Create(CultureInfo.InvariantCulture, $"{micros:0.0}us")
            : string.Create(CultureInfo.InvariantCulture, $"{micros / MicrosPerMilli:0.0}ms");
    }
}
