namespace Vmm.Core.Buses;

/// <summary>A device on the buses of a machine, with what the buses counted of it.</summary>
/// <remarks>The counters may be read at any time from any thread; they are written under the device's gate.</remarks>
/// <param name="device">The device.</param>
public sealed class AttachedDevice(Device device)
{
    private long _reads;
    private long _writes;
    private long _faults;
    private long _nextLogTimestamp = long.MinValue;

    /// <summary>The device.</summary>
    public Device Device { get; } = device;

    /// <summary>Reads that reached the device.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>Writes that reached the device.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Accesses that the device answered with an exception.</summary>
    public long Faults => Volatile.Read(ref _faults);

    internal void CountRead() => _reads++;

    internal void CountWrite() => _writes++;

    internal void CountFault() => Interlocked.Increment(ref _faults);

    /// <summary>Whether a fault at <paramref name="now"/> may be logged; if so, the next one may <paramref name="interval"/> later.</summary>
    internal bool MayLog(long now, long interval)
    {
        long next = Volatile.Read(ref _nextLogTimestamp);
        return now >= next && Interlocked.CompareExchange(ref _nextLogTimestamp, now + interval, next) == next;
    }
}
