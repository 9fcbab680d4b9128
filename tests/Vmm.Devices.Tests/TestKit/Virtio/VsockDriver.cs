using Vmm.Devices.Tests.Virtio;
using Vmm.Devices.Virtio;

namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A driver of a socket device: sends and receives packets, and knows nothing of connections.</summary>
internal sealed class VsockDriver
{
    public const int ReceiveQueue = 0, TransmitQueue = 1, EventQueue = 2, MemorySize = 0x40_0000;
    private const int QueueSize = 128, BufferSize = 4096;
    private const ulong ReceiveBuffers = 0x20_0000, TransmitBuffer = 0x30_0000, EventBuffer = 0x3F_0000;

    private const int SilenceMilliseconds = 30;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly FakeMemory _memory;
    private readonly Dictionary<ushort, ulong> _posted = [];
    private DriverQueue? _receive;
    private DriverQueue? _transmit;
    private DriverQueue? _events;

    public VsockDriver(VirtioDevice device, FakeMemory memory)
    {
        _memory = memory;
        Virtio = new VirtioDriver(device, memory);
    }

    public VirtioDriver Virtio { get; }

    /// <summary>Starts, with buffers for packets and for an event, or without any.</summary>
    public void Start(bool listen = true, ulong features = 0)
    {
        Assert.True(Virtio.Negotiate(features | VirtioDriver.Version1 | VirtioDriver.AccessPlatform));
        _posted.Clear();
        _receive = Virtio.SetUpQueue(ReceiveQueue, QueueSize, features);
        _transmit = Virtio.SetUpQueue(TransmitQueue, QueueSize, features);
        _events = Virtio.SetUpQueue(EventQueue, QueueSize, features);
        Virtio.Go();
        if (listen)
        {
            Listen();
        }
    }

    public void Listen()
    {
        for (int i = 0; i < QueueSize; i++)
        {
            Post(ReceiveBuffers + ((ulong)i * BufferSize), BufferSize);
        }

        _events!.Add(new DriverBuffer(EventBuffer, 8, Write: true));
        Virtio.Kick(ReceiveQueue);
        Virtio.Kick(EventQueue);
    }

    /// <summary>Offers one buffer of some size.</summary>
    public void Post(ulong address, uint size) => _posted[_receive!.Add(new DriverBuffer(address, size, Write: true))] = address;

    public void PostSmall(uint size)
    {
        Post(ReceiveBuffers, size);
        Virtio.Kick(ReceiveQueue);
    }

    public bool TryReceive(out byte[] packet)
    {
        packet = [];
        if (!_receive!.TryTake(out ushort id, out uint length))
        {
            return false;
        }

        Assert.True(_posted.Remove(id, out ulong address));
        packet = _memory.Bytes.Slice((int)address, (int)length).ToArray();
        Post(address, BufferSize);
        Virtio.Kick(ReceiveQueue);
        return true;
    }

    public VsockPacket Receive()
    {
        byte[] packet = [];
        Assert.True(SpinWait.SpinUntil(() => TryReceive(out packet), s_patience), "no packet came");
        return VsockPacket.Of(packet);
    }

    /// <summary>What comes while nothing more is asked for.</summary>
    public bool ReceiveSoon(out byte[] packet)
    {
        byte[] received = [];
        Assert.True(SpinWait.SpinUntil(() => Virtio.Device.Queues[ReceiveQueue].Serving.TryEnterAndExit(), s_patience));
        bool came = SpinWait.SpinUntil(() => TryReceive(out received), SilenceMilliseconds);
        packet = received;
        return came;
    }

    public void AssertNothingComes() => Assert.False(ReceiveSoon(out byte[] packet), $"a packet came: {Convert.ToHexString(packet)}");

    /// <summary>Sends a packet, and waits until the device has taken it.</summary>
    public void Send(VsockPacket packet) => Assert.True(TrySend(packet.ToBytes(), s_patience), "not taken");

    public bool TrySend(byte[] packet, TimeSpan patience)
    {
        Add(packet);
        Virtio.Kick(TransmitQueue);
        return WaitTaken(patience);
    }

    /// <summary>Makes a packet available, and does not tell.</summary>
    public void Add(byte[] packet)
    {
        packet.CopyTo(_memory.Bytes[(int)TransmitBuffer..]);
        int header = Math.Min(packet.Length, VsockPacket.HeaderSize);
        DriverBuffer[] buffers = packet.Length > header
            ? [new(TransmitBuffer, (uint)header), new(TransmitBuffer + (ulong)header, (uint)(packet.Length - header))]
            : [new(TransmitBuffer, (uint)header)];
        _transmit!.Add(buffers);
    }

    public bool WaitTaken(TimeSpan patience) => SpinWait.SpinUntil(() => _transmit!.TryTake(out _, out _), patience);

    /// <summary>Waits for an event.</summary>
    public uint ReceiveEvent()
    {
        uint length = 0;
        Assert.True(SpinWait.SpinUntil(() => _events!.TryTake(out _, out length), s_patience), "no event came");
        Assert.Equal(4U, length);
        return _memory.Read32(EventBuffer);
    }

    public bool HasEvent() => SpinWait.SpinUntil(() => _events!.TryTake(out _, out _), 30);
}
