using Vmm.Core.Buses;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>What happens to connections and packets, counted.</summary>
internal sealed class VsockCounters
{
    private long _opened;
    private long _refused;
    private long _resets;
    private long _dropped;

    public IEnumerable<DeviceMetric> Metrics =>
    [
        new("connections", Volatile.Read(ref _opened)),
        new("connectionsRefused", Volatile.Read(ref _refused)),
        new("resetsSent", Volatile.Read(ref _resets)),
        new("packetsDropped", Volatile.Read(ref _dropped)),
    ];

    public void CountOpened() => _opened++;

    public void CountRefused() => _refused++;

    public void CountReset() => _resets++;

    public void CountDropped() => _dropped++;
}
