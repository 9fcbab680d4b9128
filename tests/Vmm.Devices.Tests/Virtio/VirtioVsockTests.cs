using System.Net.Sockets;
using System.Text;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Queues;
using Vmm.Devices.Virtio.Vsock;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>Connections of virtio 1.2, 5.10: how they begin, carry data and end.</summary>
public sealed class VirtioVsockTests : IDisposable
{
    private const uint GuestPort = 1024, HostPort = 52;

    private readonly VsockBench _bench = new();

    private VsockDriver Driver => _bench.Driver;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Config_HasTheCid()
    {
        Assert.Equal(VsockPacket.GuestCid, Driver.Virtio.Config(0, 8));
        Assert.Equal(1UL, Driver.Virtio.OfferedFeatures & 0xFF_FFFF);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioDriver.Packed)]
    [InlineData(VirtioDriver.EventIndex)]
    public void GuestConnects_ToAListener_DataFlowsBothWays(ulong features)
    {
        Driver.Start(features: features);
        Socket host = _bench.FromGuest(GuestPort, HostPort);

        Driver.Send(Packet(VsockPacket.ReadWrite, "hello host"));
        Assert.Equal("hello host", VsockBench.Read(host, 10));
        host.Send("hello guest"u8);
        VsockPacket packet = Driver.Receive();
        Assert.Equal(
            (VsockPacket.ReadWrite, VsockPacket.HostCid, VsockPacket.GuestCid, HostPort, GuestPort, "hello guest", 10U),
            (packet.Operation, packet.SourceCid, packet.DestinationCid, packet.SourcePort, packet.DestinationPort, Text(packet), packet.ForwardCount));
        Assert.Equal((1L, 10L, 11L), (_bench.Metric("connections"), _bench.Metric("bytesFromGuest"), _bench.Metric("bytesToGuest")));
    }

    [Fact]
    public void GuestConnects_ToNobody_IsReset()
    {
        Driver.Start();
        Driver.Send(Packet(VsockPacket.Request));

        AssertReset(GuestPort, HostPort);
        Assert.Equal(1, _bench.Metric("connectionsRefused"));
    }

    [Fact]
    public void GuestConnects_WhileTheListenerIsBusy_IsAcceptedLater()
    {
        const int Count = 20;
        Driver.Start();
        Socket listener = _bench.Listen(HostPort, backlog: 1);
        for (uint i = 0; i < Count; i++)
        {
            Driver.Send(new VsockPacket(VsockPacket.Request, GuestPort + i, HostPort));
        }

        HashSet<uint> accepted = [];
        while (accepted.Count < Count)
        {
            using Socket one = listener.Accept();
            VsockPacket packet;
            do
            {
                packet = Driver.Receive(); // there are shutdowns of earlier ones between
            }
            while (packet.Operation == VsockPacket.Shutdown);
            Assert.Equal(VsockPacket.Response, packet.Operation);
            accepted.Add(packet.DestinationPort);
        }
    }

    [Fact]
    public void HostConnects_GuestAccepts_ClientIsToldItsPort()
    {
        Driver.Start();
        Socket first = _bench.FromHost(GuestPort, out uint firstPort);
        Socket second = _bench.FromHost(GuestPort, out uint secondPort);

        Assert.NotEqual(firstPort, secondPort);
        Assert.True(firstPort >= 1 << 30);
        second.Send("two"u8);
        Assert.Equal((secondPort, "two"), Received());
        first.Send("one"u8);
        Assert.Equal((firstPort, "one"), Received());

        (uint, string) Received()
        {
            VsockPacket packet = Driver.Receive();
            return (packet.SourcePort, Text(packet));
        }
    }

    [Fact]
    public void HostConnects_InPiecesAndTalksOn_NothingIsLost()
    {
        Driver.Start();
        Socket client = _bench.Client("CONN");
        client.Send("ECT 7"u8);
        client.Send("\nand more"u8);
        VsockPacket request = Driver.Receive();
        Assert.Equal((VsockPacket.Request, 7U), (request.Operation, request.DestinationPort));
        client.Send(" to come"u8);
        Driver.AssertNothingComes();
        Driver.Send(new VsockPacket(VsockPacket.Response, 7, request.SourcePort));

        Assert.Equal("and more to come", Text(Driver.Receive()));
    }

    [Fact]
    public void HostConnects_BeforeTheDriver_WaitsForIt()
    {
        Socket client = _bench.Client("CONNECT 7\n");
        Driver.Start();
        VsockPacket request = Driver.Receive();
        Driver.Send(new VsockPacket(VsockPacket.Response, 7, request.SourcePort));

        Assert.Equal($"OK {request.SourcePort}\n", VsockBench.ReadLine(client));
    }

    [Fact]
    public void HostConnects_GuestRefuses_ClientIsClosed()
    {
        Driver.Start();
        Socket client = _bench.Client("CONNECT 7\n");
        Driver.Send(new VsockPacket(VsockPacket.Reset, 7, Driver.Receive().SourcePort));

        Assert.True(VsockBench.IsAtEnd(client));
        Driver.AssertNothingComes();
    }

    [Fact]
    public void HostConnects_AndLeavesBeforeTheAnswer_GuestIsReset()
    {
        Driver.Start();
        Socket client = _bench.Client("CONNECT 7\n");
        VsockPacket request = Driver.Receive();
        client.Dispose();

        AssertReset(7, request.SourcePort);
    }

    [Theory]
    [InlineData("HELLO\n")]
    [InlineData("CONNECT\n")]
    [InlineData("CONNECT x\n")]
    [InlineData("CONNECT 4294967296\n")]
    [InlineData("CONNECT -1\n")]
    [InlineData("CONNECT 1 2\n")]
    [InlineData("\n")]
    [InlineData("CONNECT 0000000000000000000000000000000000000001\n")]
    public void HostConnects_WithAnotherGreeting_IsClosed(string greeting)
    {
        Driver.Start();

        Assert.True(VsockBench.IsAtEnd(_bench.Client(greeting)));
        Driver.AssertNothingComes();
    }

    [Fact]
    public void HostLeaves_GuestGetsWhatWasSent_ThenAShutdownOfBoth()
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        host.Send("last words"u8);
        host.Dispose();

        StringBuilder text = new();
        VsockPacket packet = Driver.Receive();
        for (; packet.Operation != VsockPacket.Shutdown || packet.Flags != VsockPacket.Both; packet = Driver.Receive())
        {
            text.Append(Text(packet)); // that it does not receive any more may be told earlier
        }

        Assert.Equal("last words", text.ToString());
        Driver.Send(Packet(VsockPacket.ReadWrite, "into the void"));
        Driver.Send(Packet(VsockPacket.Shutdown) with { Flags = VsockPacket.Both });
        AssertReset(GuestPort, HostPort);
        Driver.Send(Packet(VsockPacket.ReadWrite, "?"));
        AssertReset(GuestPort, HostPort); // it is unknown now
    }

    [Fact]
    public void HostEndsSending_GuestMayGoOn()
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        host.Send("question"u8);
        host.Shutdown(SocketShutdown.Send);

        Assert.Equal("question", Text(Driver.Receive()));
        VsockPacket shutdown = Driver.Receive();
        Assert.Equal((VsockPacket.Shutdown, VsockPacket.NoSend), (shutdown.Operation, shutdown.Flags));
        Driver.Send(Packet(VsockPacket.ReadWrite, "answer"));
        Driver.Send(Packet(VsockPacket.Shutdown) with { Flags = VsockPacket.Both });
        AssertReset(GuestPort, HostPort);
        Assert.Equal("answer", VsockBench.Read(host, 6));
        Assert.True(VsockBench.IsAtEnd(host));
    }

    [Fact]
    public void GuestEndsSending_HostMayGoOn()
    {
        Driver.Start();
        Socket host = _bench.FromHost(GuestPort, out uint hostPort);
        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, GuestPort, hostPort) { Data = "question"u8.ToArray() });
        Driver.Send(new VsockPacket(VsockPacket.Shutdown, GuestPort, hostPort) { Flags = VsockPacket.NoSend });

        Assert.Equal("question", VsockBench.Read(host, 8));
        Assert.True(VsockBench.IsAtEnd(host));
        host.Send("answer"u8);
        Assert.Equal("answer", Text(Driver.Receive()));
        host.Shutdown(SocketShutdown.Send);
        VsockPacket shutdown = Driver.Receive();
        Assert.Equal((VsockPacket.Shutdown, VsockPacket.Both), (shutdown.Operation, shutdown.Flags));
        Driver.Send(new VsockPacket(VsockPacket.Reset, GuestPort, hostPort));
        Driver.AssertNothingComes();
    }

    [Fact]
    public void GuestReceivesNoMore_HostCannotSend()
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        Driver.Send(Packet(VsockPacket.Shutdown) with { Flags = VsockPacket.NoReceive });

        SocketException exception = Assert.Throws<SocketException>(() => host.Send("too late"u8));
        Assert.Equal(SocketError.Shutdown, exception.SocketErrorCode); // EPIPE
        Driver.Send(Packet(VsockPacket.ReadWrite, "but I"));
        Assert.Equal("but I", VsockBench.Read(host, 5));
    }

    [Fact]
    public void GuestResets_HostIsClosed()
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        Driver.Send(Packet(VsockPacket.Reset));

        Assert.True(VsockBench.IsAtEnd(host));
        Driver.AssertNothingComes();
    }

    [Fact]
    public void DeviceReset_ClosesAll_AndTellsTheDriverAfterwards()
    {
        Driver.Start();
        Assert.False(Driver.HasEvent()); // there were none before
        Socket first = _bench.FromGuest(GuestPort, HostPort);
        Socket second = _bench.FromHost(7, out _);

        Driver.Start();
        Assert.True(VsockBench.IsAtEnd(first));
        Assert.True(VsockBench.IsAtEnd(second));
        Assert.Equal(0U, Driver.ReceiveEvent()); // VIRTIO_VSOCK_EVENT_TRANSPORT_RESET
        _bench.FromHost(8, out _);
        Driver.Start(listen: false);
        Driver.Start();
        Assert.Equal(0U, Driver.ReceiveEvent());
    }

    [Fact]
    public void Packets_OfAConnection_AllocateNothing()
    {
        const int Warm = 100, Rounds = 1000;
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        byte[] packet = Packet(VsockPacket.ReadWrite, "ping").ToBytes();
        byte[] buffer = new byte[4];
        long allocated = 0;
        for (int i = 0; i < Warm + Rounds; i++)
        {
            allocated = i == Warm ? 0 : allocated;
            Driver.Add(packet);
            allocated += Serve(VsockDriver.TransmitQueue, () => Driver.WaitTaken(TimeSpan.Zero));
            Assert.Equal(4, host.Receive(buffer));
            host.Send(buffer);
            allocated += Serve(VsockDriver.ReceiveQueue, () => _bench.Metric("bytesToGuest") == 4 * (i + 1));
            Assert.Equal("ping", Text(Driver.Receive()));
        }

        Assert.InRange(allocated, 0, Rounds); // less than a byte a packet

        // On this thread instead of the queue's, until something holds.
        long Serve(int index, Func<bool> until)
        {
            long bytes = 0;
            Virtqueue queue = _bench.Device.Queues[index];
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    lock (queue.Serving)
                    {
                        long before = GC.GetAllocatedBytesForCurrentThread();
                        _bench.Device.ServeQueue(queue);
                        queue.Notify();
                        bytes += GC.GetAllocatedBytesForCurrentThread() - before;
                    }

                    return until();
                },
                TimeSpan.FromSeconds(20)));
            return bytes;
        }
    }

    [Fact]
    public void Dispose_RemovesTheSocket()
    {
        Assert.True(File.Exists(_bench.Path));
        _bench.Device.Dispose();

        Assert.False(File.Exists(_bench.Path));
    }

    [Theory]
    [InlineData(0U, 1, 4096, "cid: 0 is not from 3 to 4294967294")]
    [InlineData(2U, 1, 4096, "cid: 2 is not from 3 to 4294967294")]
    [InlineData(uint.MaxValue, 1, 4096, "cid: 4294967295 is not")]
    [InlineData(3U, 0, 4096, "connections: 0 is not from 1 to 16384")]
    [InlineData(3U, 1, 5000, "bufferSize: 5000 is no power of two from 4096 to 4194304")]
    [InlineData(3U, 1, 4096, "socket: ", "/nowhere/vsock")]
    [InlineData(3U, 1, 4096, "option socket is missing", null)]
    public void Options_ThatCannotBe_AreRefused(uint cid, int connections, int bufferSize, string message, string? path = "/tmp/vmm-vsock-unused")
    {
        VirtioVsockOptions options = new() { Cid = cid, Connections = connections, BufferSize = bufferSize, Socket = path is null ? null : new FileInfo(path) };

        ArgumentException exception = Assert.Throws<ArgumentException>(() => new VirtioVsock("vsock", options, _bench.Memory, TimeProvider.System));
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Socket_InUseOrTooLong_IsRefused()
    {
        Assert.Contains("in use", Assert.Throws<ArgumentException>(() => Create(_bench.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("longer than 96 bytes", Assert.Throws<ArgumentException>(() => Create("/tmp/" + new string('x', 92))).Message, StringComparison.Ordinal);

        VirtioVsock Create(string path) => new("vsock", new VirtioVsockOptions { Socket = new FileInfo(path) }, _bench.Memory, TimeProvider.System);
    }

    private static VsockPacket Packet(ushort operation, string data = "") => new(operation, GuestPort, HostPort) { Data = Encoding.ASCII.GetBytes(data) };

    private static string Text(VsockPacket packet) => Encoding.ASCII.GetString(packet.Data);

    private void AssertReset(uint guestPort, uint hostPort)
    {
        VsockPacket packet = Driver.Receive();
        Assert.Equal((VsockPacket.Reset, hostPort, guestPort), (packet.Operation, packet.SourcePort, packet.DestinationPort));
    }
}
