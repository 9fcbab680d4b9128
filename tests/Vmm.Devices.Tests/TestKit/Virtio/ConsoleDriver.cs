using System.Text;
using Vmm.Devices.Virtio;

namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A driver of a console with several ports, written from virtio 1.2, 5.3.</summary>
internal sealed class ConsoleDriver
{
    public const int DeviceReady = 0, PortAdd = 1, PortReady = 3, ConsolePort = 4, Resize = 5, PortOpen = 6, PortName = 7;
    public const ulong Size = 1, MultiPort = 2, EmergencyWrite = 4;
    public const int ControlReceive = 2, ControlTransmit = 3, BufferSize = 256, MemorySize = 0x40_0000;
    private const int QueueSize = 16;
    private const ulong Buffers = 0x1000; // below the queues; a page and more for each of them

    private readonly FakeMemory _memory;
    private readonly Dictionary<int, DriverQueue> _queues = [];
    private readonly Dictionary<(int Queue, ushort Id), ulong> _posted = [];
    private int _nextBuffer;

    public ConsoleDriver(VirtioDevice device, FakeMemory memory)
    {
        _memory = memory;
        Virtio = new VirtioDriver(device, memory);
    }

    public VirtioDriver Virtio { get; }

    public void Start(int ports, ulong features = MultiPort)
    {
        Assert.True(Virtio.Negotiate(features | VirtioDriver.Version1 | VirtioDriver.AccessPlatform));
        _posted.Clear();
        for (int queue = 0; queue < 2 + (2 * ports); queue++)
        {
            _queues[queue] = Virtio.SetUpQueue(queue, QueueSize, 0);
        }

        Virtio.Go();
    }

    /// <summary>Gives the device buffers to write into.</summary>
    public void Post(int queue, int count, int size = BufferSize)
    {
        for (int i = 0; i < count; i++)
        {
            ulong address = BufferOf(queue, _nextBuffer++ % QueueSize);
            _posted[(queue, _queues[queue].Add(new DriverBuffer(address, (uint)size, Write: true)))] = address;
        }

        Virtio.Kick(queue);
    }

    /// <summary>Waits for something that the device has written.</summary>
    public byte[] Receive(int queue)
    {
        ushort id = 0;
        uint length = 0;
        Assert.True(SpinWait.SpinUntil(() => _queues[queue].TryTake(out id, out length), TimeSpan.FromSeconds(10)), "nothing came");
        Assert.True(_posted.Remove((queue, id), out ulong address));
        return _memory.Bytes.Slice((int)address, (int)length).ToArray();
    }

    public string ReceiveText(int queue) => Encoding.ASCII.GetString(Receive(queue));

    public bool TryReceive(int queue) => _queues[queue].TryTake(out _, out _);

    /// <summary>Makes bytes available to the device, without waiting until it has taken them.</summary>
    public void Send(int queue, ReadOnlySpan<byte> data)
    {
        ulong address = BufferOf(queue, 0);
        data.CopyTo(_memory.Bytes[(int)address..]);
        _queues[queue].Add(new DriverBuffer(address, (uint)data.Length));
        Virtio.Kick(queue);
    }

    public bool IsTaken(int queue) => _queues[queue].TryTake(out _, out _);

    public void WaitTaken(int queue) => Assert.True(SpinWait.SpinUntil(() => IsTaken(queue), TimeSpan.FromSeconds(10)), "not taken");

    public void SendText(int queue, string text)
    {
        Send(queue, Encoding.ASCII.GetBytes(text));
        WaitTaken(queue);
    }

    public void SendControl(uint port, int what, int value)
    {
        byte[] message = new byte[8];
        BitConverter.TryWriteBytes(message, port);
        BitConverter.TryWriteBytes(message.AsSpan(4), (ushort)what);
        BitConverter.TryWriteBytes(message.AsSpan(6), (ushort)value);
        Send(ControlTransmit, message);
        WaitTaken(ControlTransmit);
    }

    /// <summary>Waits for a control message.</summary>
    public (uint Port, int Event, int Value, byte[] More) ReceiveControl()
    {
        byte[] message = Receive(ControlReceive);
        return (BitConverter.ToUInt32(message), BitConverter.ToUInt16(message, 4), BitConverter.ToUInt16(message, 6), message[8..]);
    }

    private static ulong BufferOf(int queue, int index) => Buffers + ((ulong)queue * QueueSize * BufferSize) + ((ulong)index * BufferSize);
}
