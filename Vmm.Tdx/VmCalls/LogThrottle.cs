namespace Vmm.Tdx.VmCalls;

/// <summary>Lets one message a second through: guests can provoke messages in a loop.</summary>
internal sealed class LogThrottle(TimeProvider time)
{
    private readonly long _interval = time.TimestampFrequency;
    private long _next = long.MinValue;

    internal bool TryEnter()
    {
        long now = time.GetTimestamp();
        long due = Volatile.Read(ref _next);
        return now >= due && Interlocked.CompareExchange(ref _next, now + _interval, due) == due;
    }
}
