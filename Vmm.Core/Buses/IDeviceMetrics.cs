namespace Vmm.Core.Buses;

/// <summary>A device that counts more than its buses do. What it counts is in the statistics of a run, under the device's name.</summary>
public interface IDeviceMetrics
{
    /// <summary>The counters as they are now. Read from any thread, without <see cref="Device.Gate"/>.</summary>
    IEnumerable<DeviceMetric> Metrics { get; }
}
