using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2, 2.7 and 2.8: what a queue does for a driver that keeps to the rules.</summary>
public sealed class VirtqueueTests : IDisposable
{
    private const ulong Source = 0x1000, Target = 0x8000, Tables = 0x2_0000;
    private const int QueueSize = 16;

    private readonly FakeMemory _memory = new(0x20_0000);
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public VirtqueueTests()
    {
        _device = new EchoDevice(_memory);
        _driver = new VirtioDriver(_device, _memory);
        for (int i = 0; i < 0x4000; i++)
        {
            _memory.Bytes[(int)Source + i] = (byte)(i * 7);
        }
    }

    public static MatrixTheoryData<bool, bool> Formats { get; } = new([false, true], [false, true]);

    public void Dispose() => _device.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Chain_OfSeveralBuffers_IsServed(bool packed, bool eventIndex)
    {
        DriverQueue queue = Start(packed, eventIndex);
        uint length = _driver.Transfer(
            queue, new(Source, 10), new(Source + 10, 1000), new(Target, 500, Write: true), new(Target + 500, 600, Write: true));

        Assert.Equal(1010U, length);
        Assert.True(_memory.Bytes.Slice((int)Source, 1010).SequenceEqual(_memory.Bytes.Slice((int)Target, 1010)));
        Assert.Equal(1, _driver.Interrupts(1));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Chain_Indirect_IsServed(bool packed, bool eventIndex)
    {
        DriverQueue queue = Start(packed, eventIndex);
        ushort id = queue.AddIndirect(Tables, new(Source, 64), new(Source + 64, 64), new(Target, 256, Write: true));
        _driver.Kick(0);

        Assert.Equal(128U, _driver.Wait(queue, id));
        Assert.True(_memory.Bytes.Slice((int)Source, 128).SequenceEqual(_memory.Bytes.Slice((int)Target, 128)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Ring_ManyRounds_KeepsItsOrder(bool packed, bool eventIndex)
    {
        DriverQueue queue = Start(packed, eventIndex);
        for (int i = 0; i < 70_000; i += 3)
        {
            uint length = (uint)(1 + (i % 100));
            ushort one = queue.Add(new(Source, length), new(Target, 128, Write: true));
            ushort two = queue.AddIndirect(Tables, new(Source, 5), new(Target + 0x1000, 128, Write: true));
            ushort three = queue.Add(new DriverBuffer(Source, 1));
            if (queue.NeedsKick())
            {
                _driver.Kick(0);
            }

            Assert.Equal(length, _driver.Wait(queue, one));
            Assert.Equal(5U, _driver.Wait(queue, two));
            Assert.Equal(0U, _driver.Wait(queue, three));
        }

        Assert.Equal(0, _device.Faults);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Interrupts_NotWanted_AreNotSent(bool packed, bool eventIndex)
    {
        DriverQueue queue = Start(packed, eventIndex);
        queue.SetInterrupts(wanted: false);
        _driver.Transfer(queue, new DriverBuffer(Source, 1));
        await Eventually.True(() => _device.Queues[0].Serving.TryEnterAndExit());

        Assert.Equal(0, _driver.Interrupts(1));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Notifications_WhileServing_AreNotWanted(bool packed, bool eventIndex)
    {
        DriverQueue queue = Start(packed, eventIndex);
        _driver.Transfer(queue, new DriverBuffer(Source, 1));
        await Eventually.True(() => _device.Queues[0].Serving.TryEnterAndExit());
        _device.MayServe.Reset();
        queue.Add(new DriverBuffer(Source, 1));
        Assert.True(queue.NeedsKick());
        _driver.Kick(0);
        await Eventually.True(() => !_device.Queues[0].Serving.TryEnterAndExit());
        await Task.Delay(5, TestContext.Current.CancellationToken);
        queue.Add(new DriverBuffer(Source, 1));

        Assert.False(queue.NeedsKick());
        _device.MayServe.Set();
        Assert.True(SpinWait.SpinUntil(() => queue.TryTake(out _, out _), 10_000));
        Assert.True(SpinWait.SpinUntil(() => queue.TryTake(out _, out _), 10_000)); // found without a notification
    }

    [Fact]
    public void Packed_SizeOfNoPowerOfTwo_Works()
    {
        DriverQueue queue = _driver.Start(VirtioDriver.Packed, size: 11);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(3U, _driver.Transfer(queue, new(Source, 3), new(Target, 2, Write: true), new(Target + 2, 9, Write: true)));
        }
    }

    [Fact]
    public void Reset_AndAnotherFormat_Works()
    {
        _driver.Transfer(Start(packed: false, eventIndex: true), new DriverBuffer(Source, 1));
        _driver.Transfer(Start(packed: true, eventIndex: false), new DriverBuffer(Source, 1));

        Assert.Equal(2, _device.Started);
    }

    [Fact]
    public void Requests_Many_AllocateNothing()
    {
        DriverQueue queue = Start(packed: true, eventIndex: true);
        long Serve(int requests)
        {
            for (int i = 0; i < requests; i++)
            {
                _driver.Transfer(queue, new(Source, 100), new(Target, 100, Write: true));
            }

            return _device.Allocated;
        }

        long before = Serve(2000);
        Assert.InRange(Serve(2000) - before, 0, 1024);
    }

    private DriverQueue Start(bool packed, bool eventIndex) =>
        _driver.Start((packed ? VirtioDriver.Packed : 0) | (eventIndex ? VirtioDriver.EventIndex : 0) | VirtioDriver.Indirect, QueueSize);
}
