using System.Net;
using System.Net.Sockets;
using System.Text;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Network;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Net;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2, 5.1, over a tap of the kernel.</summary>
public sealed class VirtioNetTapTests : IDisposable
{
    private const int HeaderSize = 12, QueueSize = 32, BufferSize = 2048;
    private const ulong Buffers = 0x40_0000, Outgoing = 0x1_0000, Command = 0x1000, Ack = 0x1800;
    private const ulong Checksum = 1 << 0, GuestChecksum = 1 << 1, GuestOffloads = 1 << 2, MtuBit = 1 << 3, GuestTcp4 = 1 << 7, HostTcp4 = 1 << 11, HostUdp = 1UL << 56;
    private const ulong Mergeable = 1 << 15, ControlVq = 1 << 17, MultiQueue = 1 << 22;
    private const byte NeedsChecksum = 1, GsoUdp = 5, Ok = 0, Error = 1;

    private readonly FakeMemory _memory = new(0x80_0000);
    private VirtioNet? _device;
    private VirtioDriver? _driver;
    private DriverQueue[] _queues = [];

    private DriverQueue Transmit => _queues[1];

    public void Dispose() => _device?.Dispose();

    [TapFact]
    public void Tap_OffersWhatItsKernelCan() => TapNetwork.Run(() =>
    {
        TapNetwork.Ip($"link set {TapNetwork.Tap} mtu 9000");
        VirtioDriver driver = Create(new VirtioNetOptions { Tap = TapNetwork.Tap });

        const ulong Expected = Checksum | GuestChecksum | GuestOffloads | MtuBit | GuestTcp4 | HostTcp4 | Mergeable | ControlVq;
        Assert.Equal(Expected, driver.OfferedFeatures & Expected);
        Assert.Equal(0UL, driver.OfferedFeatures & MultiQueue);
        Assert.Equal(9000UL, driver.Config(10, 2));
    });

    [TapFact]
    public void Send_AFrame_ReachesTheHost() => TapNetwork.Run(() =>
    {
        using Socket host = Listen(out int port);
        Start(0);
        byte[] frame = UdpFrame.FromGuest(port, Encoding.ASCII.GetBytes("from the guest"));
        Send(new byte[HeaderSize], frame);

        Assert.Equal("from the guest", Encoding.ASCII.GetString(Receive(host)));
        AssertMetric("sentPackets", 1);
        AssertMetric("sentBytes", frame.Length);
    });

    [TapFact]
    public void Send_WithoutChecksum_IsCompletedByTheHost() => TapNetwork.Run(() =>
    {
        using Socket host = Listen(out int port);
        Start(Checksum);
        byte[] frame = UdpFrame.FromGuest(port, [1, 2, 3], whole: false);
        Assert.False(UdpFrame.IsWhole(frame));
        Send(Header(NeedsChecksum, checksumStart: UdpFrame.UdpOffset, checksumOffset: UdpFrame.ChecksumOffset), frame);

        Assert.Equal([1, 2, 3], Receive(host));
    });

    [TapFact]
    public void Send_SeveralDatagramsInOne_AreSegmented() => TapNetwork.Run(() =>
    {
        using Socket host = Listen(out int port);
        Start(Checksum | HostUdp);
        Assert.SkipUnless((_driver!.OfferedFeatures & HostUdp) != 0, "needs UDP segmentation of taps: Linux 6.2");
        byte[] payload = StreamPeer.Frame(1000 + 1000 + 500);
        Send(
            Header(NeedsChecksum, GsoUdp, UdpFrame.PayloadOffset, 1000, UdpFrame.UdpOffset, UdpFrame.ChecksumOffset),
            UdpFrame.FromGuest(port, payload, whole: false));

        Assert.Equal(payload[..1000], Receive(host));
        Assert.Equal(payload[1000..2000], Receive(host));
        Assert.Equal(payload[2000..], Receive(host));
    });

    [TapFact]
    public void Send_HostileHeaders_AreRefusedAndCounted() => TapNetwork.Run(() =>
    {
        using Socket host = Listen(out int port);
        Start(Checksum | HostTcp4);
        Random random = new(5);
        byte[] header = new byte[HeaderSize];
        for (int i = 0; i < 5000; i++)
        {
            random.NextBytes(header);
            header[0] = (byte)random.Next(4);
            header[1] = (byte)(random.Next(8) | (random.Next(2) << 7));
            byte[] frame = UdpFrame.FromGuest(port, new byte[random.Next(100)]);
            Send(header, frame[..random.Next(frame.Length)]);
        }

        Assert.InRange(Metric("sentDrops"), 1, 5000);
        Assert.Equal(0, _device!.Faults);
        Assert.Empty(_driver!.Pci.Faults);
        Send(new byte[HeaderSize], UdpFrame.FromGuest(port, Encoding.ASCII.GetBytes("still here")));
        Assert.True(SpinWait.SpinUntil(() => Encoding.ASCII.GetString(Receive(host)) == "still here", 10_000));
    });

    [TapFact]
    public void Receive_AFrame_HasAChecksumUnlessTheGuestCanDoWithout() => TapNetwork.Run(() =>
    {
        using Socket host = Listen(out _);
        foreach (ulong features in (ulong[])[0, GuestChecksum, GuestChecksum | Mergeable])
        {
            Start(features);
            SendToGuest(host, [5, 6, 7]);

            (byte[] header, byte[] frame) = ReceiveFrame([5, 6, 7]);
            Assert.Equal(features == 0 ? 0 : NeedsChecksum, header[0]);
            Assert.Equal(features == 0, UdpFrame.IsWhole(frame));
            Assert.Equal(1, header[10]);
        }
    });

    [TapFact]
    public void Control_TakesOffloadsBack() => TapNetwork.Run(() =>
    {
        using Socket host = Listen(out _);
        Start(GuestChecksum | GuestOffloads | ControlVq);
        Assert.Equal(Ok, Request(5, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
        SendToGuest(host, [1]);
        Assert.Equal(0, ReceiveFrame([1]).Header[0]);

        Assert.Equal(Ok, Request(5, 0, [(byte)GuestChecksum, 0, 0, 0, 0, 0, 0, 0]));
        SendToGuest(host, [2]);
        Assert.Equal(NeedsChecksum, ReceiveFrame([2]).Header[0]);

        Assert.Equal(Error, Request(5, 0, [(byte)GuestTcp4, 0, 0, 0, 0, 0, 0, 0])); // not negotiated
        Assert.Equal(Error, Request(5, 0, [0, 0x80, 0, 0, 0, 0, 0, 0])); // no offload
    });

    [TapFact]
    public void MultiQueue_SpreadsFlowsOverThePairsInUse() => TapNetwork.Run(
        () =>
        {
            const int Pairs = 4, Flows = 64;
            Start(MultiQueue | ControlVq | Mergeable, Pairs);
            Assert.Equal(4UL, _driver!.Config(8, 2));
            SendFlows(Flows);
            Assert.Equal([Flows, 0, 0, 0], CountReceived(Pairs, Flows));

            Assert.Equal(Ok, Request(4, 0, [Pairs, 0]));
            SendFlows(Flows);
            int[] counts = CountReceived(Pairs, Flows);
            Assert.Equal(Flows, counts.Sum());
            Assert.True(counts.Count(count => count != 0) > 1, "all in one queue");

            Assert.Equal(Ok, Request(4, 0, [1, 0]));
            SendFlows(Flows);
            Assert.Equal([Flows, 0, 0, 0], CountReceived(Pairs, Flows));
            Assert.Equal(Error, Request(4, 0, [0, 0]));
            Assert.Equal(Error, Request(4, 0, [Pairs + 1, 0]));
        },
        "multi_queue");

    [TapFact]
    public void MultiQueue_SendsFromEachPair() => TapNetwork.Run(
        () =>
        {
            using Socket host = Listen(out int port);
            Start(MultiQueue | ControlVq, pairs: 2);
            Assert.Equal(Ok, Request(4, 0, [2, 0]));
            Send(new byte[HeaderSize], UdpFrame.FromGuest(port, [1]), queue: 1);
            Assert.Equal([1], Receive(host));
            Send(new byte[HeaderSize], UdpFrame.FromGuest(port, [2]), queue: 3);
            Assert.Equal([2], Receive(host));
        },
        "multi_queue");

    [TapFact]
    public void MultiQueue_TheDriverDoesNotTakeIt_ControlIsBehindTheFirstPair() => TapNetwork.Run(
        () =>
        {
            _driver = Create(new VirtioNetOptions { Tap = TapNetwork.Tap, Queues = 2, QueueSize = QueueSize });
            Assert.True(_driver.Negotiate(ControlVq | GuestChecksum | GuestOffloads | VirtioDriver.Version1));
            _queues = [.. Enumerable.Range(0, 3).Select(i => _driver.SetUpQueue(i, QueueSize, 0))];
            _driver.Go();

            Assert.Equal(Ok, Request(5, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
            Assert.Equal(Error, Request(4, 0, [1, 0]));
        },
        "multi_queue");

    [TapFact]
    public void Tap_ThatIsDeleted_DropsWhatIsSent() => TapNetwork.Run(() =>
    {
        Start(0);
        TapNetwork.Ip($"link del {TapNetwork.Tap}");
        Send(new byte[HeaderSize], UdpFrame.FromGuest(1, [1]));

        AssertMetric("sentDrops", 1);
    });

    [TapFact]
    public void Tap_InUse_IsNamed() => TapNetwork.Run(() =>
    {
        Create(new VirtioNetOptions { Tap = TapNetwork.Tap });

        AssertRefused(new VirtioNetOptions { Tap = TapNetwork.Tap }, "is in use");
    });

    [TapFact]
    public void Tap_OfOneQueue_IsNoneOfSeveral() => TapNetwork.Run(() =>
        AssertRefused(new VirtioNetOptions { Tap = TapNetwork.Tap, Queues = 2 }, "multi_queue"));

    [TapFact]
    public void Tap_OfSeveralQueues_CanBeUsedWithOne() => TapNetwork.Run(
        () =>
        {
            using Socket host = Listen(out int port);
            Start(0);
            Send(new byte[HeaderSize], UdpFrame.FromGuest(port, [1]));
            Assert.Equal([1], Receive(host));
        },
        "multi_queue");

    private static Socket Listen(out int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(TapNetwork.HostAddress), 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    private static byte[] Receive(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return buffer[..socket.Receive(buffer)];
    }

    private static void SendToGuest(Socket host, byte[] payload) => host.SendTo(payload, new IPEndPoint(IPAddress.Parse(TapNetwork.GuestAddress), 7));

    private static byte[] Header(
        byte flags, byte segmentation = 0, ushort length = 0, ushort segmentSize = 0, ushort checksumStart = 0, ushort checksumOffset = 0) =>
        [flags, segmentation, .. Word(length), .. Word(segmentSize), .. Word(checksumStart), .. Word(checksumOffset), 0, 0];

    private static byte[] Word(ushort value) => [(byte)value, (byte)(value >> 8)];

    private static void SendFlows(int flows)
    {
        for (int i = 0; i < flows; i++)
        {
            using Socket flow = Listen(out _);
            SendToGuest(flow, [(byte)i]);
        }
    }

    private VirtioDriver Create(VirtioNetOptions options) =>
        _driver = new VirtioDriver(_device = new VirtioNet("net", options with { Mac = TapNetwork.GuestMac }, _memory, TimeProvider.System), _memory);

    private void Start(ulong features, int pairs = 1)
    {
        VirtioDriver driver = _driver ?? Create(new VirtioNetOptions { Tap = TapNetwork.Tap, Queues = (ushort)pairs, QueueSize = QueueSize });
        Assert.True(driver.Negotiate((features & driver.OfferedFeatures) | VirtioDriver.Version1 | VirtioDriver.AccessPlatform));
        _queues = [.. Enumerable.Range(0, (2 * pairs) + 1).Select(i => driver.SetUpQueue(i, QueueSize, features))];
        for (int i = 0; i < pairs * QueueSize; i++)
        {
            _queues[2 * (i % pairs)].Add(BufferAt(i));
        }

        driver.Go();
        TapNetwork.WaitForLink();
    }

    private static DriverBuffer BufferAt(int index) => new(Buffers + ((ulong)index * BufferSize), BufferSize, Write: true);

    private void Send(byte[] header, byte[] frame, int queue = 1)
    {
        ((byte[])[.. header, .. frame]).CopyTo(_memory.Bytes[(int)Outgoing..]);
        ushort id = _queues[queue].Add(new DriverBuffer(Outgoing, (uint)(header.Length + frame.Length)));
        _driver!.Kick(queue);
        _driver.Wait(_queues[queue], id);
    }

    // The guest gets what else the host has to say to its network, too.
    private (byte[] Header, byte[] Frame) ReceiveFrame(byte[] payload)
    {
        while (true)
        {
            ushort id = 0;
            uint length = 0;
            Assert.True(SpinWait.SpinUntil(() => _queues[0].TryTake(out id, out length), 10_000), "nothing received");
            byte[] packet = _memory.Bytes.Slice((int)Buffers + (id * BufferSize), (int)length).ToArray();
            if (packet.AsSpan(HeaderSize).EndsWith(payload) && packet.Length == HeaderSize + UdpFrame.PayloadOffset + payload.Length)
            {
                return (packet[..HeaderSize], packet[HeaderSize..]);
            }
        }
    }

    private int[] CountReceived(int pairs, int expected)
    {
        int[] counts = new int[pairs];
        Assert.True(SpinWait.SpinUntil(() => Collect().Sum() >= expected, 10_000), $"received {string.Join(' ', counts)}");
        return counts;

        int[] Collect()
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                while (_queues[2 * pair].TryTake(out ushort id, out uint length))
                {
                    int buffer = (id * pairs) + pair;
                    counts[pair] += length == HeaderSize + UdpFrame.PayloadOffset + 1 ? 1 : 0;
                    _queues[2 * pair].Add(BufferAt(buffer));
                    _driver!.Kick(2 * pair);
                }
            }

            return counts;
        }
    }

    private byte Request(byte commandClass, byte command, byte[] data)
    {
        ((byte[])[commandClass, command, .. data]).CopyTo(_memory.Bytes[(int)Command..]);
        ushort id = _queues[^1].Add(new(Command, 2 + (uint)data.Length), new(Ack, 1, Write: true));
        _driver!.Kick(_queues.Length - 1);
        _driver.Wait(_queues[^1], id);
        return _memory.Bytes[(int)Ack];
    }

    private void AssertRefused(VirtioNetOptions options, string named) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => new VirtioNet("other", options, _memory, TimeProvider.System)).Message, StringComparison.Ordinal);

    private long Metric(string name) => _device!.Metrics.Single(metric => metric.Name == name).Value;

    private void AssertMetric(string name, long value) => Assert.True(SpinWait.SpinUntil(() => Metric(name) == value, 10_000), $"{name} is {Metric(name)}");
}
