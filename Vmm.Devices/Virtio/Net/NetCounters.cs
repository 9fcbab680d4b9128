namespace Vmm.Devices.Virtio.Net;

/// <summary>What went one way through one queue. Written by the queue's thread.</summary>
internal sealed class NetCounters
{
    private long _packets;
    private long _bytes;
    private long _drops;

    /// <summary>Packets.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>Bytes of their frames.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Packets that were lost.</summary>
    public long Drops => Volatile.Read(ref _drops);

    /// <summary>Counts a packet.</summary>
    public void Count(long bytes)
    {
        _packets++;
        _bytes += bytes;
    }

    /// <summary>Counts a packet that was lost.</summary>
    public void CountDrop() => _drops++;
}
