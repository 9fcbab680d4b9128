using Vmm.Devices.Tests.TestKit.Network;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>What devices need of the host: a disk, and a network with traffic on it.</summary>
internal sealed class HostEnds : IDisposable
{
    public TemporaryDisk Disk { get; } = new(1 << 20);

    public FramePump Frames { get; } = new();

    public void Dispose()
    {
        Disk.Dispose();
        Frames.Dispose();
    }
}
