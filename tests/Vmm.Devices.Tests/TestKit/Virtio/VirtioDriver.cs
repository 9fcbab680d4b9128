using Vmm.Core.Pci;
using Vmm.Devices.Virtio;

namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A driver of one virtio device on a PCI bus of its own, written from virtio 1.2, 3.1 and 4.1.</summary>
internal sealed class VirtioDriver
{
    public const byte Acknowledge = 1, Driver = 2, DriverOk = 4, FeaturesOk = 8, NeedsReset = 64;
    public const ulong Version1 = 1UL << 32, AccessPlatform = 1UL << 33, Packed = 1UL << 34, Indirect = 1UL << 28, EventIndex = 1UL << 29;
    public const ulong QueueArea = 0x10_0000; // queues lie above the first MiB, 64 KiB each
    private const int Slot = 1, VectorBase = 0x20;

    private readonly Dictionary<int, (ulong Address, uint Multiplier)> _structures = [];

    public VirtioDriver(VirtioDevice device, FakeMemory memory)
    {
        Device = device;
        Memory = memory;
        Pci = new PciFixture(device);
        Pci.Enable(Slot);
        foreach (int at in Pci.Capabilities(Slot, PciCapabilityId.VendorSpecific))
        {
            ulong address = Pci.Bar(Slot, (int)Pci.Config(Slot, at + 4, 1)) + Pci.Config(Slot, at + 8);
            int type = (int)Pci.Config(Slot, at + 3, 1);
            _structures[type] = (address, type == 2 ? Pci.Config(Slot, at + 16) : 0);
        }

        Pci.EnableMsix(Slot);
    }

    public VirtioDevice Device { get; }

    public FakeMemory Memory { get; }

    public PciFixture Pci { get; }

    public byte Status
    {
        get => (byte)Common(20, 1);
        set => SetCommon(20, 1, value);
    }

    public ulong OfferedFeatures
    {
        get
        {
            SetCommon(0, 4, 0);
            uint low = Common(4, 4);
            SetCommon(0, 4, 1);
            return low | ((ulong)Common(4, 4) << 32);
        }
    }

    /// <summary>Interrupts of a vector: 0 is the configuration's, then come the queues'.</summary>
    public int Interrupts(int vector) => Pci.Msi.Messages.Count(message => message.Data == VectorBase + vector);

    public uint Common(int offset, int size) => (uint)Pci.Buses.Mmio.Read(_structures[1].Address + (ulong)offset, size);

    public void SetCommon(int offset, int size, ulong value) => Pci.Buses.Mmio.Write(_structures[1].Address + (ulong)offset, size, value);

    public ulong Config(int offset, int size) => Pci.Buses.Mmio.Read(_structures[4].Address + (ulong)offset, size);

    public void SetConfig(int offset, int size, ulong value) => Pci.Buses.Mmio.Write(_structures[4].Address + (ulong)offset, size, value);

    public uint ReadIsr() => (uint)Pci.Buses.Mmio.Read(_structures[3].Address, 1);

    public void Kick(int queue) => Pci.Buses.Mmio.Write(_structures[2].Address + ((ulong)queue * _structures[2].Multiplier), 2, (ulong)queue);

    /// <summary>Resets and negotiates.</summary>
    /// <returns>Whether the device took the features.</returns>
    public bool Negotiate(ulong features)
    {
        Status = 0;
        SpinWait.SpinUntil(() => Status == 0, TimeSpan.FromSeconds(10));
        Status = Acknowledge;
        Status = Acknowledge | Driver;
        SetCommon(8, 4, 0);
        SetCommon(12, 4, (uint)features);
        SetCommon(8, 4, 1);
        SetCommon(12, 4, features >> 32);
        Status = Acknowledge | Driver | FeaturesOk;
        SetCommon(16, 2, 0);
        return (Status & FeaturesOk) != 0;
    }

    /// <summary>Sets a queue up and enables it.</summary>
    public DriverQueue SetUpQueue(int index, int size, ulong features)
    {
        ulong address = QueueArea + ((ulong)index * 0x1_0000);
        bool eventIndex = (features & EventIndex) != 0;
        Memory.Bytes.Slice((int)address, 0x1_0000).Clear();
        DriverQueue queue = (features & Packed) != 0
            ? new PackedDriverQueue(Memory, address, size, eventIndex)
            : new SplitDriverQueue(Memory, address, size, eventIndex);
        SetUpQueue(index, size, queue.Descriptors, queue.Driver, queue.Device);
        queue.SetInterrupts(wanted: true);
        return queue;
    }

    public void SetUpQueue(int index, int size, ulong descriptors, ulong driver, ulong device)
    {
        SetCommon(22, 2, (ulong)index);
        SetCommon(24, 2, (ulong)size);
        SetCommon(26, 2, (ulong)index + 1);
        SetCommon(32, 4, (uint)descriptors);
        SetCommon(36, 4, descriptors >> 32);
        SetCommon(40, 8, driver);
        SetCommon(48, 8, device);
        SetCommon(28, 2, 1);
    }

    public void Go() => Status = Acknowledge | Driver | FeaturesOk | DriverOk;

    /// <summary>All of it for a device with one queue that matters.</summary>
    public DriverQueue Start(ulong features, int size = 16, int queue = 0)
    {
        Assert.True(Negotiate(features | Version1 | AccessPlatform));
        DriverQueue result = SetUpQueue(queue, size, features);
        Go();
        return result;
    }

    /// <summary>Adds a chain, kicks and waits for its return.</summary>
    public uint Transfer(DriverQueue queue, params DriverBuffer[] buffers)
    {
        ushort id = queue.Add(buffers);
        Kick(0);
        return Wait(queue, id);
    }

    public uint Wait(DriverQueue queue, ushort id)
    {
        ushort taken = 0;
        uint length = 0;
        Assert.True(SpinWait.SpinUntil(() => queue.TryTake(out taken, out length), TimeSpan.FromSeconds(10)), $"no answer; fault {Device.LastFault}");
        Assert.Equal(id, taken);
        return length;
    }

    /// <summary>Waits until the device says that it needs a reset.</summary>
    public void WaitForNeedsReset() => Assert.True(SpinWait.SpinUntil(() => (Status & NeedsReset) != 0, TimeSpan.FromSeconds(10)));
}
