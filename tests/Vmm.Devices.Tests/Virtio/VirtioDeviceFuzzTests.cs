using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Console;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>Hostile chains on every queue of every virtio device: none makes its model throw or allocate.</summary>
public sealed class VirtioDeviceFuzzTests : IAsyncDisposable
{
    private const ulong MergeableBuffers = 1 << 15; // of network cards; free in other types
    private const int WarmUp = 5_000;

    // Five bytes a chain at the most, where an object has 24: each collection rounds up, and a disk without holes needs zeros once.
    private static readonly int AllocationLimit = 5 * FuzzCounts.Chains;

    private readonly DeviceBench _bench = new() { Memory = new FakeMemory(HostileDriver.MemorySize) };
    private readonly HostEnds _host = new();
    private readonly VsockPacket _packet = new(0, SourcePort: 5, DestinationPort: 6);
    private VirtioDevice? _device;

    public static MatrixTheoryData<string, bool> DevicesAndFormats { get; } = new(BuiltInDevices.VirtioTypes, [false, true]);

    public async ValueTask DisposeAsync()
    {
        _device?.Dispose();
        await (_device is IAsyncDisposable device ? device.DisposeAsync() : ValueTask.CompletedTask);
        _host.Dispose();
    }

    [Theory]
    [MemberData(nameof(DevicesAndFormats))]
    public void Device_HostileDriver_NeitherThrowsNorAllocates(string type, bool packed)
    {
        VirtioDevice device = _device = (VirtioDevice)BuiltInDevices.Create(type, _bench, _host);
        if (device is VirtioConsole)
        {
            _host.TypeInto(_bench.Streams["none"]);
        }

        Random random = new(7);
        HostileDriver hostile = new(_bench.Memory, packed, random);
        VirtioDriver driver = new(device, _bench.Memory);
        Run(WarmUp);

        Assert.InRange(Run(FuzzCounts.Chains), 0, AllocationLimit);
        Assert.NotEqual(0, device.Faults);
        Assert.Empty(driver.Pci.Faults);

        // The queues take turns, each until a fault or a while has passed.
        long Run(int chains)
        {
            const int Turn = 1_000;
            long allocated = 0;
            for (int i = 0; i < chains; i++)
            {
                Virtqueue queue = device.Queues[i / Turn % device.Queues.Count];
                if (i % Turn == 0 || (driver.Status & (VirtioDriver.NeedsReset | VirtioDriver.DriverOk)) != VirtioDriver.DriverOk)
                {
                    Restart(driver, hostile, packed, queue.Index);
                }

                hostile.Disturb();
                WriteHeaders(random, device.Type);
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

    // What a block request, or a socket's packet, could start with; to the others it is noise.
    private void WriteHeaders(Random random, VirtioDeviceType type)
    {
        ulong at = HostileDriver.Buffers + (16UL * (ulong)random.Next(HostileDriver.BuffersSize / 16));
        if (type == VirtioDeviceType.Socket)
        {
            VsockPacket packet = _packet with { Operation = (ushort)random.Next(9), Length = (uint)random.Next(300) };
            packet.ToBytes().CopyTo(_bench.Memory.Bytes[(int)at..]);
            return;
        }

        _bench.Memory.Write32(at, (uint)random.Next(16));
        _bench.Memory.Write64(at + 8, random.Next(10) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(3000));
    }
}
