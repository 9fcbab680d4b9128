using Vmm.Core.Buses;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>What a hostile driver gets: DEVICE_NEEDS_RESET (virtio 1.2, 2.1.2) with an interrupt, and a device that works again after its reset.</summary>
public sealed class HostileQueueTests : IDisposable
{
    private const int QueueSize = 8, MemorySize = 0x20_0000;
    private const ulong Buffer = 0x1000, Table = 0x4000, PrivatePage = 0x8000;
    private const int Next = 1, Write = 2, Indirect = 4;

    private readonly FakeMemory _memory = new(MemorySize);
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public HostileQueueTests()
    {
        _device = new EchoDevice(_memory, QueueSize);
        _driver = new VirtioDriver(_device, _memory);
        _memory.SetPrivate(PrivatePage);
    }

    /// <summary>Descriptors as address, length, flags, next; a packed queue gets them in this order, a split one by index with head 0.</summary>
    public static TheoryData<QueueFault, bool, string, (ulong Address, uint Length, int Flags, int Next)[]> Chains { get; } = new()
    {
        { QueueFault.ChainTooLong, false, "loop of one", [(Buffer, 1, Next, 0)] },
        { QueueFault.ChainTooLong, false, "loop of two", [(Buffer, 1, Next, 1), (Buffer, 1, Next, 0)] },
        { QueueFault.ChainTooLong, true, "never ends", [.. Enumerable.Repeat((Buffer, 1U, Next, 0), QueueSize)] },
        { QueueFault.BadDescriptorIndex, false, "next beyond the table", [(Buffer, 1, Next, QueueSize)] },
        { QueueFault.BadDescriptorIndex, false, "next far beyond the table", [(Buffer, 1, Next, 0xFFFF)] },
        { QueueFault.ForbiddenMemory, false, "private page", [(PrivatePage, 1, 0, 0)] },
        { QueueFault.ForbiddenMemory, true, "private page", [(PrivatePage, 1, 0, 0)] },
        { QueueFault.ForbiddenMemory, true, "into a private page", [(PrivatePage - 8, 9, Write, 0)] },
        { QueueFault.ForbiddenMemory, false, "no RAM", [(MemorySize, 1, 0, 0)] },
        { QueueFault.ForbiddenMemory, true, "over the end of RAM", [(MemorySize - 1, 2, 0, 0)] },
        { QueueFault.ForbiddenMemory, false, "over the end of addresses", [(ulong.MaxValue, 2, 0, 0)] },
        { QueueFault.BadLength, false, "nothing", [(Buffer, 0, 0, 0)] },
        { QueueFault.BadLength, true, "nothing", [(Buffer, 0, Write, 0)] },
        { QueueFault.BadLength, true, "absurd", [(Buffer, uint.MaxValue, 0, 0)] },
        { QueueFault.ReadableAfterWritable, false, "order", [(Buffer, 1, Next | Write, 1), (Buffer, 1, 0, 0)] },
        { QueueFault.ReadableAfterWritable, true, "order", [(Buffer, 1, Next | Write, 1), (Buffer, 1, 0, 0)] },
        { QueueFault.BadIndirectTable, false, "empty", [(Table, 0, Indirect, 0)] },
        { QueueFault.BadIndirectTable, true, "empty", [(Table, 0, Indirect, 0)] },
        { QueueFault.BadIndirectTable, false, "part of a descriptor", [(Table, 24, Indirect, 0)] },
        { QueueFault.BadIndirectTable, true, "longer than a queue", [(Table, 16 * (QueueSize + 1), Indirect, 0)] },
        { QueueFault.BadIndirectTable, false, "with a link", [(Table, 16, Indirect | Next, 1)] },
        { QueueFault.BadIndirectTable, true, "with a link", [(Table, 16, Indirect | Next, 1), (Buffer, 1, 0, 0)] },
        { QueueFault.BadIndirectTable, true, "behind a buffer", [(Buffer, 1, Next, 0), (Table, 16, Indirect, 0)] },
        { QueueFault.BadIndirectTable, false, "in a table", [(Table + 0x100, 16, Indirect, 0)] },
        { QueueFault.BadIndirectTable, true, "in a table", [(Table + 0x100, 16, Indirect, 0)] },
        { QueueFault.ForbiddenMemory, false, "in a private page", [(PrivatePage, 16, Indirect, 0)] },
        { QueueFault.BadDescriptorIndex, false, "table with a link beyond its end", [(Table, 16, Indirect, 0)] },
        { QueueFault.ChainTooLong, false, "table with a loop", [(Table + 0x200, 32, Indirect, 0)] },
    };

    public void Dispose() => _device.Dispose();

    [Theory]
    [MemberData(nameof(Chains))]
    public void Chain_AgainstTheRules_NeedsReset(QueueFault fault, bool packed, string what, (ulong Address, uint Length, int Flags, int Next)[] descriptors)
    {
        ulong features = VirtioDriver.Indirect | (packed ? VirtioDriver.Packed : 0);
        WriteTables(packed);
        DriverQueue queue = _driver.Start(features, QueueSize);
        if (queue is PackedDriverQueue packedQueue)
        {
            Array.ForEach(descriptors, one => packedQueue.AddRaw(one.Address, one.Length, one.Flags));
        }
        else
        {
            for (int i = 0; i < descriptors.Length; i++)
            {
                ((SplitDriverQueue)queue).WriteRaw(i, descriptors[i].Address, descriptors[i].Length, descriptors[i].Flags, descriptors[i].Next);
            }

            ((SplitDriverQueue)queue).AddHead(0);
        }

        AssertBroken(fault);
        Assert.NotNull(what);
    }

    [Theory]
    [InlineData(QueueFault.BadDescriptorIndex, QueueSize, 1)]
    [InlineData(QueueFault.BadDescriptorIndex, 0xFFFF, 1)]
    [InlineData(QueueFault.BadAvailableIndex, 0, QueueSize + 1)]
    [InlineData(QueueFault.BadAvailableIndex, 0, -1)]
    public void Split_HeadOrIndexAgainstTheRules_NeedsReset(QueueFault fault, int head, int step)
    {
        var queue = (SplitDriverQueue)_driver.Start(0, QueueSize);
        queue.WriteRaw(0, Buffer, 1, 0, 0);
        queue.AddHead(head, step);

        AssertBroken(fault);
    }

    [Theory]
    [InlineData(false, 7)] // no power of two
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    public void Queue_OfAnImpossibleSize_NeedsReset(bool packed, int size)
    {
        Negotiate(packed);
        _driver.SetUpQueue(0, size, 0x10_0000, 0x10_4000, 0x10_8000);
        _driver.Go();

        AssertBroken(QueueFault.BadLayout);
    }

    [Theory]
    [InlineData(false, 8, 0, 0)]
    [InlineData(false, 0, 1, 0)]
    [InlineData(false, 0, 0, 2)]
    [InlineData(true, 8, 0, 0)]
    [InlineData(true, 0, 2, 0)]
    [InlineData(true, 0, 0, 2)]
    public void Queue_Misaligned_NeedsReset(bool packed, ulong descriptors, ulong driver, ulong device)
    {
        Negotiate(packed);
        _driver.SetUpQueue(0, QueueSize, 0x10_0000 + descriptors, 0x10_4000 + driver, 0x10_8000 + device);
        _driver.Go();

        AssertBroken(QueueFault.BadLayout);
    }

    [Theory]
    [InlineData(false, PrivatePage, 0x10_4000, 0x10_8000)]
    [InlineData(false, 0x10_0000, PrivatePage, 0x10_8000)]
    [InlineData(false, 0x10_0000, 0x10_4000, PrivatePage)]
    [InlineData(true, PrivatePage, 0x10_4000, 0x10_8000)]
    [InlineData(true, 0x10_0000, 0x10_4000, PrivatePage)]
    [InlineData(true, 0xFFFF_FFFF_FFFF_FFF0, 0x10_4000, 0x10_8000)]
    public void Queue_InForbiddenMemory_NeedsReset(bool packed, ulong descriptors, ulong driver, ulong device)
    {
        Negotiate(packed);
        _memory.Write16(0x10_4002, 1); // something is available, if it can be seen
        _driver.SetUpQueue(0, QueueSize, descriptors, driver, device);
        _driver.Go();

        AssertBroken(QueueFault.ForbiddenMemory);
    }

    [Fact]
    public void Model_ThatThrows_NeedsReset()
    {
        _device.Throws = true;
        _driver.Start(0, QueueSize);

        AssertBroken(QueueFault.DeviceFailed);
        DeviceFault fault = Assert.Single(_driver.Pci.Faults);
        Assert.Equal("request of queue 0", fault.Access);
        Assert.IsType<InvalidOperationException>(fault.Exception);
    }

    private void Negotiate(bool packed) => Assert.True(_driver.Negotiate(VirtioDriver.Version1 | (packed ? VirtioDriver.Packed : 0)));

    // In each: at 0 a good descriptor, or what the test needs; at 0x100 one that names a table; at 0x200 two that are a loop.
    private void WriteTables(bool packed)
    {
        Put(Table, Buffer, 1, Next, 5);
        Put(Table + 0x100, Table, 16, Indirect, 0);
        Put(Table + 0x200, Buffer, 1, Next, 1);
        Put(Table + 0x210, Buffer, 1, Next, 0);

        void Put(ulong at, ulong address, uint length, int flags, int next)
        {
            _memory.Write64(at, address);
            _memory.Write32(at + 8, length);
            _memory.Write16(at + 12, packed ? 0 : flags);
            _memory.Write16(at + 14, packed ? flags : next);
        }
    }

    private void AssertBroken(QueueFault fault)
    {
        _driver.Kick(0);
        _driver.WaitForNeedsReset();
        Assert.Equal(fault, _device.LastFault);
        Assert.True(SpinWait.SpinUntil(() => _driver.Interrupts(0) == 1, 10_000));
        Assert.Equal(1, _device.Faults);
        if (fault != QueueFault.DeviceFailed)
        {
            Assert.Empty(_driver.Pci.Faults);
        }

        _device.Throws = false;
        DriverQueue queue = _driver.Start(0, QueueSize);
        Assert.Equal(3U, _driver.Transfer(queue, new(Buffer, 3), new(Buffer + 0x100, 3, Write: true)));
        Assert.Equal(0, _driver.Status & VirtioDriver.NeedsReset);
    }
}
