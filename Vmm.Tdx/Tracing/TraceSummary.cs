using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tracing;

/// <summary>Counts calls and their times by leaf, as <c>strace -c</c> does; each vCPU for itself, so that none waits.</summary>
/// <param name="vcpus">Number of vCPUs.</param>
public sealed class TraceSummary(int vcpus) : ITraceSink
{
    private const int Slots = TdCallNames.Slots + VmCallFunction.Slots;
    private const long NanosPerSecond = 1_000_000_000;
    private const double NanosPerMicro = 1e3;
    private const double Percent = 100;

    private readonly CallTotals?[][] _vcpus = [.. Enumerable.Range(0, vcpus).Select(_ => new CallTotals?[Slots])];

    /// <inheritdoc/>
    public void Write(in TraceRecord record)
    {
        if (record.Event == TraceEvent.TdCall)
        {
            int slot = record.IsVmCall ? TdCallNames.Slots + record.VmCall.Slot : record.Function.Leaf.Slot();
            CallTotals totals = _vcpus[record.Vcpu][slot] ??= new CallTotals();
            totals.Add(record.Duration * NanosPerSecond / Stopwatch.Frequency, record.IsError);
        }
    }

    /// <summary>How often each call took how long, so far. TDVMCALLs come by sub-function.</summary>
    public IEnumerable<CallLatencies> Latencies() =>
        Calls().Select(call => new CallLatencies(call.Name, TimeSpan.FromMicroseconds(call.Totals.Nanoseconds / NanosPerMicro), call.Totals.Latencies));

    /// <summary>What was counted so far, longest first. TDVMCALLs come by sub-function; TDG.VP.VMCALL itself holds those with a bad mask.</summary>
    public IReadOnlyList<SummaryRow> Rows()
    {
        List<(string Name, CallTotals Totals)> calls = Calls();
        double all = Math.Max(1, calls.Sum(call => call.Totals.Nanoseconds));
        return [.. calls
            .OrderByDescending(call => call.Totals.Nanoseconds)
            .Select(call => new SummaryRow(
                call.Name,
                call.Totals.Calls,
                call.Totals.Errors,
                Nanoseconds(call.Totals.Nanoseconds),
                Nanoseconds(call.Totals.Latencies.Median()),
                call.Totals.Nanoseconds / all))];
    }

    /// <summary>The table, as lines.</summary>
    public override string ToString()
    {
        IReadOnlyList<SummaryRow> rows = Rows();
        StringBuilder table = new();
        table.AppendLine("% time    total us  median us     calls    errors  call");
        table.AppendLine("------ ----------- ---------- --------- ---------  ----------------------------------");
        foreach (SummaryRow row in rows)
        {
            Append(table, row);
        }

        table.AppendLine("------ ----------- ---------- --------- ---------  ----------------------------------");
        TimeSpan total = new(rows.Sum(row => row.Total.Ticks));
        Append(table, new SummaryRow("total", rows.Sum(row => row.Calls), rows.Sum(row => row.Errors), total, TimeSpan.Zero, rows.Count > 0 ? 1 : 0));
        return table.ToString();
    }

    private List<(string Name, CallTotals Totals)> Calls()
    {
        List<(string Name, CallTotals Totals)> calls = [];
        for (int slot = 0; slot < Slots; slot++)
        {
            CallTotals totals = new();
            foreach (CallTotals?[] vcpu in _vcpus)
            {
                if (vcpu[slot] is { } part)
                {
                    totals.Add(part);
                }
            }

            if (totals.Calls > 0)
            {
                calls.Add((Name(slot), totals));
            }
        }

        return calls;
    }

    private static void Append(StringBuilder table, SummaryRow row)
    {
        string median = row.Median == TimeSpan.Zero ? "" : row.Median.TotalMicroseconds.ToString("0.0", CultureInfo.InvariantCulture);
        string errors = row.Errors == 0 ? "" : row.Errors.ToString(CultureInfo.InvariantCulture);
        table.AppendLine(
            CultureInfo.InvariantCulture, $"{row.Share * Percent,6:0.00} {row.Total.TotalMicroseconds,11:0.0} {median,10} {row.Calls,9} {errors,9}  {row.Name}");
    }

    private static TimeSpan Nanoseconds(double value) => new((long)Math.Round(value / TimeSpan.NanosecondsPerTick));

    private static string Name(int slot) => slot < TdCallNames.Slots
        ? TdCallNames.NameOfSlot(slot)
        : $"{TdCallLeaf.VpVmCall.SpecName()}<{VmCallFunction.NameOfSlot(slot - TdCallNames.Slots)}>";
}
