namespace Vmm.Tdx.Tracing;

/// <summary>What is counted of one kind of call.</summary>
internal sealed class CallTotals
{
    public long Calls { get; private set; }

    public long Errors { get; private set; }

    public long Nanoseconds { get; private set; }

    public LatencyHistogram Latencies { get; } = new();

    public void Add(long nanoseconds, bool isError)
    {
        Calls++;
        Errors += isError ? 1 : 0;
        Nanoseconds += nanoseconds;
        Latencies.Add(nanoseconds);
    }

    public void Add(CallTotals other)
    {
        Calls += other.Calls;
        Errors += other.Errors;
        Nanoseconds += other.Nanoseconds;
        Latencies.Add(other.Latencies);
    }
}
