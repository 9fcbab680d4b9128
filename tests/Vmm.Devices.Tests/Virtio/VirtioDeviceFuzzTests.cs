using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Block;
using Vmm.Devices.Virtio.Queues;
using Vmm.Devices.Virtio.Rng;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>200,000 hostile chains on every virtio device: none makes its model throw or allocate.</summary>
public sealed class VirtioDeviceFuzzTests : IDisposable
{
    private const int Chains = 200_000, WarmUp = 5_000;
    private const int AllocationLimit = Chains; // a byte a chain: each collection rounds up, and a disk without holes needs zeros once

    private readonly FakeMemory _memory = new(HostileDriver.MemorySize);
    private readonly TemporaryDisk _disk = new(1 << 20);

    public static MatrixTheoryData<string, bool> DevicesAndFormats { get; } = new(["virtio-rng", "virtio-block"], [false, true]);

    public void Dispose() => _disk.Dispose();

    [Theory]
    [MemberData(nameof(DevicesAndFormats))]
    public void Device_HostileDriver_NeitherThrowsNorAllocates(string type, bool packed)
    {
        using VirtioDevice device = Create(type);
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
                    Restart(driver, hostile, packed);
                }

                hostile.Disturb();
                WriteHeaders(random);
                lock (device.Queues[0].Serving)
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    device.ServeQueue(device.Queues[0]);
                    allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }

            return allocated;
        }
    }

    private static void Restart(VirtioDriver driver, HostileDriver hostile, bool packed)
    {
        hostile.Clear();
        Assert.True(driver.Negotiate(VirtioDriver.Version1 | VirtioDriver.Indirect | (packed ? VirtioDriver.Packed : 0)));
        driver.SetUpQueue(0, HostileDriver.QueueSize, HostileDriver.Descriptors, HostileDriver.Driver, HostileDriver.Device);
        driver.Go();
    }

    // What a block request could start with; to the others it is noise.
    private void WriteHeaders(Random random)
    {
        ulong at = HostileDriver.Buffers + (16UL * (ulong)random.Next(HostileDriver.BuffersSize / 16));
        _memory.Write32(at, (uint)random.Next(16));
        _memory.Write64(at + 8, random.Next(10) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(3000));
    }

    private VirtioDevice Create(string type) => type switch
    {
        "virtio-rng" => new VirtioRng(type, new VirtioRngOptions { BytesPerSecond = 0 }, _memory, TimeProvider.System),
        _ => new VirtioBlock(type, new VirtioBlockOptions { Path = _disk.File, QueueSize = HostileDriver.QueueSize }, _memory),
    };
}
