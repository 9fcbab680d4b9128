using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Network;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Block;
using Vmm.Devices.Virtio.Net;
using Vmm.Devices.Virtio.Queues;
using Vmm.Devices.Virtio.Rng;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>200,000 hostile chains on every virtio device: none makes its model throw or allocate.</summary>
public sealed class VirtioDeviceFuzzTests : IDisposable
{
    private const ulong MergeableBuffers = 1 << 15; // of block devices, where it is free
    private const int Chains = 200_000, WarmUp = 5_000;
    private const int AllocationLimit = Chains; // a byte a chain: each collection rounds up, and a disk without holes needs zeros once

    private readonly FakeMemory _memory = new(HostileDriver.MemorySize);
    private readonly TemporaryDisk _disk = new(1 << 20);
    private readonly FramePump _frames = new();

    public static MatrixTheoryData<(string Type, int Queue), bool> QueuesAndFormats { get; } = new(
        [("virtio-rng", 0), ("virtio-block", 0), ("virtio-net", 0), ("virtio-net", 1), ("virtio-net", 2)], [false, true]);

    public void Dispose()
    {
        _disk.Dispose();
        _frames.Dispose();
    }

    [Theory]
    [MemberData(nameof(QueuesAndFormats))]
    public void Device_HostileDriver_NeitherThrowsNorAllocates((string Type, int Queue) target, bool packed)
    {
        using VirtioDevice device = Create(target.Type);
        Virtqueue queue = device.Queues[target.Queue];
        Random random = new(7);
        HostileDriver hostile = new(_memory, packed, random);
        VirtioDriver driver = new(device, _memory);
        Run(WarmUp);

        Assert.InRange(Run(Chains), 0, AllocationLimit);
        Assert.NotEqual(0, device.Faults);
        Assert.Empty(driver.Pci.Faults);

        long Run(int chains)
        {
            long allocated = 0;
            for (int i = 0; i < chains; i++)
            {
                if ((driver.Status & (VirtioDriver.NeedsReset | VirtioDriver.DriverOk)) != VirtioDriver.DriverOk)
                {
                    Restart(driver, hostile, packed, target.Queue);
                }

                hostile.Disturb();
                WriteHeaders(random);
                lock (queue.Serving)
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    device.ServeQueue(queue);
                    allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }

            return allocated;
        }
    }

    private static void Restart(VirtioDriver driver, HostileDriver hostile, bool packed, int queue)
    {
        hostile.Clear();
        Assert.True(driver.Negotiate(VirtioDriver.Version1 | VirtioDriver.Indirect | (driver.OfferedFeatures & MergeableBuffers) | (packed ? VirtioDriver.Packed : 0)));
        driver.SetUpQueue(queue, HostileDriver.QueueSize, HostileDriver.Descriptors, HostileDriver.Driver, HostileDriver.Device);
        driver.Go();
    }

    // What a block request could start with; to the others it is noise.
    private void WriteHeaders(Random random)
    {
        ulong at = HostileDriver.Buffers + (16UL * (ulong)random.Next(HostileDriver.BuffersSize / 16));
        _memory.Write32(at, (uint)random.Next(16));
        _memory.Write64(at + 8, random.Next(10) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(3000));
    }

    private VirtioNet CreateNet(string name)
    {
        VirtioNet net = new(name, new VirtioNetOptions { Socket = _frames.File, QueueSize = HostileDriver.QueueSize }, _memory, TimeProvider.System);
        _frames.Start();
        return net;
    }

    private VirtioDevice Create(string type) => type switch
    {
        "virtio-net" => CreateNet(type),
        "virtio-rng" => new VirtioRng(type, new VirtioRngOptions { BytesPerSecond = 0 }, _memory, TimeProvider.System),
        _ => new VirtioBlock(type, new VirtioBlockOptions { Path = _disk.File, QueueSize = HostileDriver.QueueSize }, _memory),
    };
}
