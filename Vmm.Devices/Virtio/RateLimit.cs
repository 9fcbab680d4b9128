namespace Vmm.Devices.Virtio;

/// <summary>A token bucket that holds what is allowed in one second. Used by one thread at a time.</summary>
/// <param name="perSecond">How many a second.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimit(uint perSecond, TimeProvider time)
{
    // What is waited for: a tenth of a second's worth, so that a waiting guest is not woken for single bytes.
    private static readonly TimeSpan RefillTime = TimeSpan.FromMilliseconds(100);

    private double _left = perSecond;
    private long _seen = time.GetTimestamp();

    /// <summary>How long there will be nothing to take; zero when there is something.</summary>
    public TimeSpan Wait
    {
        get
        {
            Refill();
            return _left >= 1 ? TimeSpan.Zero : RefillTime;
        }
    }

    /// <summary>Takes up to a number.</summary>
    /// <returns>How many there were.</returns>
    public uint Take(uint wanted)
    {
        Refill();
        uint taken = Math.Min(wanted, (uint)_left);
        _left -= taken;
        return taken;
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        double seconds = time.GetElapsedTime(_seen, now).TotalSeconds;
        if (seconds != 0)
        {
            _seen = now;
            _left = Math.Min(_left + (Math.Max(seconds, 0) * perSecond), perSecond); // a clock that runs backwards gives nothing
        }
    }
}
