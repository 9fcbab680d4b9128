using System.Net.Sockets;
using Vmm.Core.Buses;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Network;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Net;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2, 5.1, over a stream socket.</summary>
public sealed class VirtioNetTests : IDisposable
{
    private const int ReceiveQueue = 0, TransmitQueue = 1, ControlQueue = 2, HeaderSize = 12, QueueSize = 16;
    private const ulong Buffers = 0x2_0000, Outgoing = 0x1_0000, ManyFrames = 0x20_0000, Command = 0x1000, Ack = 0x1800;
    private const ulong Mtu = 1 << 3, Mac = 1 << 5, Mergeable = 1 << 15, Status = 1 << 16, ControlVq = 1 << 17, ControlMac = 1 << 23;
    private const byte Ok = 0, Error = 1, NotWritten = 0xEE;

    private readonly FakeMemory _memory = new(0x40_0000);
    private readonly FakeTime _time = new();
    private readonly StreamPeer _peer = new();
    private VirtioNet? _device;
    private VirtioDriver? _driver;
    private DriverQueue? _receive;
    private DriverQueue? _transmit;
    private DriverQueue? _control;

    public void Dispose()
    {
        _device?.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public void Features_OverASocket_AreThoseThatNeedNoOffload()
    {
        VirtioDriver driver = Create(new VirtioNetOptions { Socket = _peer.File });

        Assert.Equal(Mac | Mergeable | Status | ControlVq | ControlMac, driver.OfferedFeatures & 0xFFFC_0000_00FF_FFFF);
        Assert.Equal(1UL, driver.Config(6, 2)); // link up
        Assert.Equal(1UL, driver.Config(8, 2)); // pairs
    }

    [Fact]
    public void Config_WithAddressAndMtu_HasThem()
    {
        VirtioDriver driver = Create(new VirtioNetOptions { Socket = _peer.File, Mac = "52:54:00:ab:CD:0f", Mtu = 9000 });

        Assert.Equal(0x0FCD_AB00_5452UL, driver.Config(0, 4) | (driver.Config(4, 2) << 32));
        Assert.Equal(9000UL, driver.Config(10, 2));
        Assert.NotEqual(0UL, driver.OfferedFeatures & Mtu);
    }

    [Fact]
    public void Address_NotGiven_IsLocalAndTheSameNextTime()
    {
        ulong first = Create(new VirtioNetOptions { Socket = _peer.File }).Config(0, 4);
        _device!.Dispose();
        ulong second = Create(new VirtioNetOptions { Socket = _peer.File }).Config(0, 4);

        Assert.Equal(first, second);
        Assert.Equal(2UL, first & 3);
        using StreamPeer other = new();
        using VirtioNet otherDevice = new("net", new VirtioNetOptions { Socket = other.File }, _memory, _time);
        Assert.NotEqual(first, new VirtioDriver(otherDevice, _memory).Config(0, 4));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioDriver.EventIndex)]
    [InlineData(VirtioDriver.Packed | VirtioDriver.EventIndex)]
    public void Send_FramesInSeveralBuffers_ArriveWithoutTheirHeader(ulong features)
    {
        Start(features | Mac);
        for (int i = 0; i < 3 * QueueSize; i++)
        {
            byte[] frame = StreamPeer.Frame(1514, i);
            frame.CopyTo(_memory.Bytes[(int)(Outgoing + HeaderSize)..]);
            ushort id = _transmit!.Add(new(Outgoing, HeaderSize - 2), new(Outgoing + HeaderSize - 2, 100), new(Outgoing + HeaderSize + 98, 1416));
            Kick(TransmitQueue, _transmit);

            Assert.Equal(0U, _driver!.Wait(_transmit, id));
            Assert.Equal(frame, _peer.Receive());
        }

        AssertMetric("sentPackets", 3 * QueueSize);
        AssertMetric("sentBytes", 3 * QueueSize * 1514);
    }

    [Fact]
    public void Send_MoreThanTheSocketTakes_WaitsAndLosesNothing()
    {
        const int Length = 60_000; // a queue of these is more than four times what a socket holds by default
        Start(Mac);
        byte[][] frames = [.. Enumerable.Range(0, QueueSize).Select(i => StreamPeer.Frame(Length, i))];
        ushort[] ids = new ushort[QueueSize];
        for (int i = 0; i < QueueSize; i++)
        {
            ulong at = ManyFrames + (ulong)(i << 16);
            frames[i].CopyTo(_memory.Bytes[(int)(at + HeaderSize)..]);
            ids[i] = _transmit!.Add(new DriverBuffer(at, HeaderSize + Length));
        }

        Kick(TransmitQueue, _transmit!);
        for (int i = 0; i < QueueSize; i++)
        {
            Assert.Equal(frames[i], _peer.Receive());
            _driver!.Wait(_transmit!, ids[i]);
        }

        AssertMetric("sentDrops", 0);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(66_000)]
    [InlineData(0x20_0000)]
    public void Send_OfAFrameThatCannotBe_IsDroppedAndCounted(int length)
    {
        Start(Mac);
        ushort id = _transmit!.Add(new DriverBuffer(Outgoing, HeaderSize + (uint)length));
        Kick(TransmitQueue, _transmit);
        _driver!.Wait(_transmit, id);
        SendFrame(60);

        Assert.Equal(60, _peer.Receive().Length);
        AssertMetric("sentDrops", 1);
        AssertMetric("sentPackets", 1);
    }

    [Fact]
    public void Send_WithoutAWholeHeader_NeedsReset()
    {
        Start(Mac);
        _transmit!.Add(new DriverBuffer(Outgoing, HeaderSize - 1));
        Kick(TransmitQueue, _transmit);
        _driver!.WaitForNeedsReset();

        Assert.Equal(QueueFault.BadRequest, _device!.LastFault);
        Start(Mac);
        SendFrame(60);
        Assert.Equal(60, _peer.Receive().Length);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Mergeable)]
    [InlineData(Mergeable | VirtioDriver.EventIndex | VirtioDriver.Packed)]
    public void Receive_AFrame_IsInOneBufferBehindAnEmptyHeader(ulong features)
    {
        Start(features | Mac);
        for (int i = 0; i < 3 * QueueSize; i++)
        {
            _memory.Bytes.Slice((int)Buffers, 2048).Fill(NotWritten);
            ushort id = _receive!.Add(new(Buffers, 5, Write: true), new(Buffers + 5, 2043, Write: true));
            Kick(ReceiveQueue, _receive);
            byte[] frame = StreamPeer.Frame(60 + i, i);
            _peer.Send(frame);

            Assert.Equal(HeaderSize + (uint)frame.Length, _driver!.Wait(_receive, id));
            Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], _memory.Bytes.Slice((int)Buffers, HeaderSize).ToArray());
            Assert.Equal(frame, _memory.Bytes.Slice((int)Buffers + HeaderSize, frame.Length).ToArray());
            Assert.Equal(NotWritten, _memory.Bytes[(int)Buffers + HeaderSize + frame.Length]);
        }

        AssertMetric("receivedPackets", 3 * QueueSize);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioDriver.Packed)]
    public void Receive_AFrameLongerThanABuffer_IsMergedFromSeveral(ulong features)
    {
        Start(features | Mac | Mergeable);
        ushort[] ids = AddBuffers(QueueSize, 1000);
        byte[] small = StreamPeer.Frame(100, 1), big = StreamPeer.Frame(5000, 2), bigger = StreamPeer.Frame(7500, 3);
        _peer.Send(small);
        _peer.Send(big);
        _peer.Send(bigger);

        int used = AssertPacket(small, ids, 0, 1, 1000);
        used = AssertPacket(big, ids, used, 6, 1000);
        AssertPacket(bigger, ids, used, 8, 1000);
    }

    [Fact]
    public void Receive_AFrameThatFindsTooFewBuffers_WaitsForMore()
    {
        Start(Mac | Mergeable);
        byte[] big = StreamPeer.Frame(5000, 2);
        _peer.Send(big);
        ushort[] ids = new ushort[6];
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.False(_receive!.TryTake(out _, out _));
            ids[i] = AddBuffer(i, 1000);
            Kick(ReceiveQueue, _receive);
        }

        AssertPacket(big, ids, 0, 6, 1000);
        AssertMetric("receivedDrops", 0);
    }

    [Fact]
    public void Receive_AFrameThatNoQueueOfThisSizeHolds_IsDropped()
    {
        Start(Mac | Mergeable);
        ushort[] ids = AddBuffers(QueueSize, 100);
        _peer.Send(StreamPeer.Frame(5000, 1));
        byte[] small = StreamPeer.Frame(60, 2);
        _peer.Send(small);

        AssertPacket(small, ids, 0, 1, 100);
        AssertMetric("receivedDrops", 1);
        AssertMetric("receivedPackets", 1);
    }

    [Fact]
    public void Receive_AFrameLongerThanABufferWithoutMerging_IsDropped()
    {
        Start(Mac);
        ushort[] ids = AddBuffers(2, 100);
        _peer.Send(StreamPeer.Frame(100, 1));
        byte[] small = StreamPeer.Frame(60, 2);
        _peer.Send(small);

        AssertPacket(small, ids, 0, 1, 100);
        AssertMetric("receivedDrops", 1);
    }

    [Theory]
    [InlineData(HeaderSize - 1, true)]
    [InlineData(100, false)]
    public void Receive_IntoWhatIsNoBuffer_NeedsReset(uint length, bool write)
    {
        Start(Mac | Mergeable);
        _receive!.Add(new DriverBuffer(Buffers, length, write));
        Kick(ReceiveQueue, _receive);
        _peer.Send(StreamPeer.Frame(60));
        _driver!.WaitForNeedsReset();

        Assert.Equal(QueueFault.BadRequest, _device!.LastFault);
    }

    [Fact]
    public void Receive_IntoMemoryThatWasTakenAway_NeedsReset()
    {
        Start(Mac | Mergeable);
        AddBuffers(4, 4096);
        _memory.SetPrivate(Buffers);
        _peer.Send(StreamPeer.Frame(60));
        _driver!.WaitForNeedsReset();
    }

    [Fact]
    public void Receive_ManyFramesAtOnce_SignalsLessOftenThanOnceEach()
    {
        const int Frames = 10;
        Start(Mac | Mergeable | VirtioDriver.EventIndex);
        _peer.SendRaw([.. Enumerable.Range(0, Frames).SelectMany(i => (byte[])[.. StreamPeer.Prefix(60), .. StreamPeer.Frame(60, i)])]);
        AddBuffers(QueueSize, 1000);

        Assert.True(SpinWait.SpinUntil(() => Metric("receivedPackets") == Frames, 10_000));
        Assert.InRange(_driver!.Interrupts(1 + ReceiveQueue), 1, Frames - 1);
    }

    [Fact]
    public void Stream_InFragments_IsPutTogether()
    {
        Start(Mac | Mergeable);
        ushort[] ids = AddBuffers(QueueSize, 1000);
        byte[] frame = StreamPeer.Frame(300, 1);
        byte[] stream = [.. StreamPeer.Prefix(300), .. frame];
        foreach (byte one in stream)
        {
            _peer.SendRaw([one]);
        }

        AssertPacket(frame, ids, 0, 1, 1000);
    }

    [Fact]
    public void Stream_FramesTooShortToBe_AreSkipped()
    {
        Start(Mac | Mergeable);
        ushort[] ids = AddBuffers(QueueSize, 1000);
        _peer.Send([]);
        _peer.Send(StreamPeer.Frame(13));
        byte[] frame = StreamPeer.Frame(14, 1);
        _peer.Send(frame);

        AssertPacket(frame, ids, 0, 1, 1000);
    }

    [Theory]
    [InlineData(70_000U)]
    [InlineData(uint.MaxValue)]
    public void Stream_OfAHugeLength_IsHungUpAndCalledAgain(uint length)
    {
        Start(Mac | Mergeable | Status);
        ushort[] ids = AddBuffers(QueueSize, 1000);
        _peer.SendRaw(StreamPeer.Prefix(length));
        AdvanceUntil(() => _peer.Connection.Poll(0, SelectMode.SelectRead));
        _peer.HangUp();

        byte[] frame = StreamPeer.Frame(60, 1);
        AdvanceUntil(() => LinkIsUp);
        _peer.Send(frame);
        AssertPacket(frame, ids, 0, 1, 1000);
    }

    [Fact]
    public void Peer_ThatGoesAndComesAgain_TakesTheLinkDownAndUp()
    {
        Start(Mac | Mergeable | Status);
        ushort[] ids = AddBuffers(QueueSize, 1000);
        Assert.True(LinkIsUp);
        _peer.SendRaw([0, 0, 0, 60, 1, 2, 3]); // the rest never comes
        string path = _peer.Path;
        _peer.HangUp();
        _peer.Dispose();
        AdvanceUntil(() => !LinkIsUp && _driver!.Interrupts(0) == 1);
        SendFrame(60);
        AssertMetric("sentDrops", 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(LinkIsUp);

        using StreamPeer again = new(path);
        AdvanceUntil(() => LinkIsUp && _driver!.Interrupts(0) == 2);
        byte[] frame = StreamPeer.Frame(60, 1);
        again.Send(frame);
        AssertPacket(frame, ids, 0, 1, 1000);
        Assert.Equal(60, SendFrame(60).Length);
        Assert.Equal(60, again.Receive().Length);
    }

    [Fact]
    public void Peer_ThatGoesInTheMiddleOfAFrameToIt_GetsWholeOnesAfterwards()
    {
        Start(Mac | Status);
        for (int i = 0; LinkIsUp && Metric("sentPackets") == i; i++)
        {
            _transmit!.Add(new DriverBuffer(Outgoing, HeaderSize + 60_000));
            Kick(TransmitQueue, _transmit);
            if (!SpinWait.SpinUntil(() => _transmit.TryTake(out _, out _), 200))
            {
                break; // the socket is full, most likely with a part of a frame
            }
        }

        _peer.HangUp();
        AdvanceUntil(() => !LinkIsUp || _driver!.Interrupts(0) > 0);
        AdvanceUntil(() => LinkIsUp);
        SpinWait.SpinUntil(() => _transmit!.TryTake(out _, out _), 1000);
        byte[] frame = SendFrame(77);
        byte[] received;
        do
        {
            received = _peer.Receive();
        }
        while (received.Length == 60_000);
        Assert.Equal(frame, received);
    }

    [Fact]
    public void Peer_ThatGoesWhileAPacketWaitsForBuffers_LeavesItWhole()
    {
        Start(Mac | Mergeable | Status);
        byte[] waiting = StreamPeer.Frame(5000, 1), later = StreamPeer.Frame(60, 2);
        ushort[] ids = new ushort[8];
        ids[0] = AddBuffer(0, 1000);
        Kick(ReceiveQueue, _receive!);
        _peer.Send(waiting);
        Assert.True(SpinWait.SpinUntil(() => _memory.Bytes.Slice((int)Buffers + HeaderSize, 988).SequenceEqual(waiting.AsSpan(0, 988)), 10_000));
        _peer.HangUp();
        SendFrame(60); // which finds that nobody is there
        SendFrame(60);
        AdvanceUntil(() => LinkIsUp && _driver!.Interrupts(0) == 2);
        _peer.Send(later);
        for (int i = 1; i < ids.Length; i++)
        {
            ids[i] = AddBuffer(i, 1000);
        }

        Kick(ReceiveQueue, _receive!);
        int used = AssertPacket(waiting, ids, 0, 6, 1000);
        AssertPacket(later, ids, used, 1, 1000);
        Assert.Equal(0, _device!.Faults);
    }

    [Fact]
    public void Reset_WhileItWaitsForPackets_Ends()
    {
        for (int i = 0; i < 3; i++)
        {
            Start(Mac | Mergeable);
            ushort[] ids = AddBuffers(QueueSize, 1000);
            byte[] frame = StreamPeer.Frame(60 + i, i);
            _peer.Send(frame);
            AssertPacket(frame, ids, 0, 1, 1000);
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioDriver.EventIndex)]
    [InlineData(VirtioDriver.Packed)]
    [InlineData(VirtioDriver.Packed | VirtioDriver.EventIndex)]
    public void RoundTrips_OfADriverThatWaitsForInterruptsAndKicksWhenAsked_NeverStall(ulong features)
    {
        const int Rounds = 1000;
        Start(features | Mac | Mergeable);
        ushort[] ids = AddBuffers(QueueSize, 1000);
        byte[] frame = StreamPeer.Frame(60);
        _driver!.SetCommon(22, 2, TransmitQueue);
        _driver.SetCommon(26, 2, 0xFFFF); // no vector: what is counted are interrupts of the other queue
        for (int i = 0; i < Rounds; i++)
        {
            ushort id = 0;
            int before = _driver.Pci.Msi.Count;
            _peer.Send(frame);
            Assert.True(SpinWait.SpinUntil(() => _driver.Pci.Msi.Count > before, 10_000), $"no interrupt in round {i}");
            Assert.True(_receive!.TryTake(out id, out _));
            AddBuffer(Array.IndexOf(ids, id), 1000);
            Kick(ReceiveQueue, _receive);

            while (_transmit!.TryTake(out _, out _))
            {
                // Given back, without an interrupt.
            }


            _transmit.Add(new DriverBuffer(Outgoing, HeaderSize + 60));
            Kick(TransmitQueue, _transmit);
            Assert.Equal(60, _peer.Receive().Length);
        }
    }

    [Fact]
    public void Control_SetsTheAddress()
    {
        Start(Mac | ControlVq | ControlMac);

        Assert.Equal(Ok, Request(1, 1, 0x52, 0x54, 0, 1, 2, 3));
        Assert.Equal(0x0302_0100_5452UL, _driver!.Config(0, 4) | (_driver.Config(4, 2) << 32));
        Assert.True(_driver.Negotiate(VirtioDriver.Version1));
        Assert.NotEqual(0x0100_5452UL, _driver.Config(0, 4));
    }

    [Theory]
    [InlineData(1, 1, new byte[] { 0x53, 0x54, 0, 1, 2, 3 })] // of a group
    [InlineData(1, 1, new byte[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(1, 1, new byte[] { 0x52, 0x54, 0, 1, 2 })]
    [InlineData(1, 1, new byte[] { 0x52, 0x54, 0, 1, 2, 3, 4 })]
    [InlineData(1, 0, new byte[] { 0 })]
    [InlineData(0, 0, new byte[] { 1 })] // promiscuous: not offered
    [InlineData(4, 0, new byte[] { 1, 0 })] // pairs: not offered
    [InlineData(5, 0, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })] // offloads: not offered
    [InlineData(77, 77, new byte[0])]
    public void Control_WhatCannotBe_IsAnError(byte commandClass, byte command, byte[] data)
    {
        Start(Mac | ControlVq | ControlMac);

        Assert.Equal(Error, Request(commandClass, command, data));
    }

    [Fact]
    public void Control_SetsTheAddressWithoutTheFeature_IsAnError()
    {
        Start(Mac | ControlVq);

        Assert.Equal(Error, Request(1, 1, 0x52, 0x54, 0, 1, 2, 3));
    }

    [Theory]
    [InlineData(1U, true)]
    [InlineData(2U, false)]
    public void Control_WithoutCommandOrStatus_NeedsReset(uint length, bool status)
    {
        Start(Mac | ControlVq);
        _control!.Add(status ? [new(Command, length), new(Ack, 1, Write: true)] : [new(Command, length)]);
        Kick(ControlQueue, _control);
        _driver!.WaitForNeedsReset();

        Assert.Equal(QueueFault.BadRequest, _device!.LastFault);
    }

    [Theory]
    [InlineData("", "*", "", 1, 256, 0, "needed")] // none; the peer's socket is not used
    [InlineData("tap0", "*", "", 1, 256, 0, "one")]
    [InlineData("no-such-tap", "", "", 1, 256, 0, "ip tuntap add no-such-tap mode tap user")]
    [InlineData("no-such-tap", "", "", 2, 256, 0, "multi_queue")]
    [InlineData("a-name-that-is-too-long", "", "", 1, 256, 0, "a-name-that-is-too-long")]
    [InlineData("lo", "", "", 1, 256, 0, "lo")]
    [InlineData("", "/nowhere/passt.socket", "", 1, 256, 0, "there is no such socket; is passt running?")]
    [InlineData("", "*", "", 2, 256, 0, "queues")]
    [InlineData("", "*", "", 17, 256, 0, "queues")]
    [InlineData("", "*", "", 1, 100, 0, "queueSize")]
    [InlineData("", "*", "", 1, 1024, 0, "queueSize")]
    [InlineData("", "*", "", 1, 256, 67, "mtu")]
    [InlineData("", "*", "52:54:00", 1, 256, 0, "mac")]
    [InlineData("", "*", "01:00:5e:00:00:01", 1, 256, 0, "mac")]
    [InlineData("", "*", "52:54:00:12:34:5g", 1, 256, 0, "mac")]
    [InlineData("", "*", "52:54:00:12:34:56:78", 1, 256, 0, "mac")]
    public void Options_ThatCannotBe_AreNamed(string tap, string socket, string mac, int queues, int queueSize, int mtu, string named)
    {
        VirtioNetOptions options = new()
        {
            Tap = tap,
            Socket = socket switch { "*" when named == "needed" => null, "*" => _peer.File, "" => null, _ => new FileInfo(socket) },
            Mac = mac,
            Queues = (ushort)queues,
            QueueSize = (ushort)queueSize,
            Mtu = (ushort)mtu,
        };

        AssertRefused(options, named);
    }

    [Fact]
    public void Options_OfPasstThatCannotBe_AreNamed()
    {
        AssertRefused(new VirtioNetOptions { Socket = _peer.File, TcpPorts = "2222:22" }, "passt=true");
        AssertRefused(new VirtioNetOptions { Socket = _peer.File, Passt = true }, "one");
        AssertRefused(new VirtioNetOptions { Passt = true, Queues = 2 }, "queues");
    }

    private void AssertRefused(VirtioNetOptions options, string named)
    {
        string message = Assert.Throws<ArgumentException>(() => new VirtioNet("net", options, _memory, _time)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    private bool LinkIsUp => _driver!.Config(6, 2) == 1;

    private VirtioDriver Create(VirtioNetOptions options) => _driver = new VirtioDriver(_device = new VirtioNet("net", options, _memory, _time), _memory);

    private void Start(ulong features)
    {
        VirtioDriver driver = _driver ?? Create(new VirtioNetOptions { Socket = _peer.File, QueueSize = QueueSize });
        Assert.True(driver.Negotiate(features | VirtioDriver.Version1 | VirtioDriver.AccessPlatform));
        _receive = driver.SetUpQueue(ReceiveQueue, QueueSize, features);
        _transmit = driver.SetUpQueue(TransmitQueue, QueueSize, features);
        _control = (features & ControlVq) != 0 ? driver.SetUpQueue(ControlQueue, QueueSize, features) : null;
        driver.Go();
    }

    private void Kick(int index, DriverQueue queue)
    {
        if (queue.NeedsKick())
        {
            _driver!.Kick(index);
        }
    }

    private ushort AddBuffer(int index, int length) => _receive!.Add(new DriverBuffer(Buffers + ((ulong)index * 4096), (uint)length, Write: true));

    private ushort[] AddBuffers(int count, int length)
    {
        ushort[] ids = [.. Enumerable.Range(0, count).Select(i => AddBuffer(i, length))];
        Kick(ReceiveQueue, _receive!);
        return ids;
    }

    private byte[] SendFrame(int length)
    {
        byte[] frame = StreamPeer.Frame(length, 99);
        frame.CopyTo(_memory.Bytes[(int)(Outgoing + HeaderSize)..]);
        ushort id = _transmit!.Add(new DriverBuffer(Outgoing, HeaderSize + (uint)length));
        Kick(TransmitQueue, _transmit);
        _driver!.Wait(_transmit, id);
        return frame;
    }

    // Takes the buffers of one packet; gives the index of the next buffer.
    private int AssertPacket(byte[] frame, ushort[] ids, int first, int count, int size)
    {
        List<byte> packet = [];
        for (int i = first; i < first + count; i++)
        {
            int length = (int)_driver!.Wait(_receive!, ids[i]);
            packet.AddRange(_memory.Bytes.Slice((int)Buffers + (i * 4096), length));
            Assert.True(i == first + count - 1 || length == size);
        }

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)count, 0], packet[..HeaderSize]);
        Assert.Equal(frame, packet[HeaderSize..]);
        return first + count;
    }

    private byte Request(byte commandClass, byte command, params byte[] data)
    {
        ((byte[])[commandClass, command, .. data]).CopyTo(_memory.Bytes[(int)Command..]);
        _memory.Bytes[(int)Ack] = NotWritten;
        ushort id = _control!.Add(new(Command, 2 + (uint)data.Length), new(Ack, 1, Write: true));
        Kick(ControlQueue, _control);
        Assert.Equal(1U, _driver!.Wait(_control, id));
        return _memory.Bytes[(int)Ack];
    }

    private void AdvanceUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        10_000));

    private long Metric(string name) => _device!.Metrics.Single(metric => metric.Name == name).Value;

    private void AssertMetric(string name, long value) => Assert.True(SpinWait.SpinUntil(() => Metric(name) == value, 10_000), $"{name} is {Metric(name)}");
}
