using System.Net.Sockets;
using Vmm.Devices.Tests.TestKit.Virtio;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>What a hostile guest gets: resets, and nothing else.</summary>
public sealed class VirtioVsockHostileTests : IDisposable
{
    private const uint GuestPort = 1024, HostPort = 52;
    private const int MostConnections = 16, MostReplies = 256;

    private readonly VsockBench _bench = new(MostConnections, bufferSize: 4096);

    private VsockDriver Driver => _bench.Driver;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(VsockPacket.Response)]
    [InlineData(VsockPacket.Shutdown)]
    [InlineData(VsockPacket.ReadWrite)]
    [InlineData(VsockPacket.CreditUpdate)]
    [InlineData(VsockPacket.CreditRequest)]
    [InlineData(8)]
    public void Packet_WithoutAConnection_IsReset(int operation)
    {
        Driver.Start();
        Driver.Send(new VsockPacket((ushort)operation, 5, 6));

        AssertReset(VsockPacket.HostCid, 6, 5);
        Driver.Send(new VsockPacket(VsockPacket.Reset, 5, 6));
        Driver.AssertNothingComes();
        Assert.Equal(1, _bench.Metric("resetsSent"));
    }

    [Theory]
    [InlineData(3UL, 1)] // another guest
    [InlineData(1UL, 1)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFFUL, 1)]
    [InlineData(2UL, 2)] // seqpacket
    [InlineData(2UL, 0xFFFF)]
    public void Request_ToAnotherAddressOrOfAnotherType_IsResetFromThere(ulong cid, int type)
    {
        using Socket listener = _bench.Listen(HostPort);
        Driver.Start();
        Driver.Send(new VsockPacket(VsockPacket.Request, GuestPort, HostPort) { DestinationCid = cid, Type = (ushort)type });

        Assert.Equal(type, AssertReset(cid, HostPort, GuestPort).Type);
    }

    [Fact]
    public void Packet_OfAForgedSenderOrWithoutAHeader_IsDropped()
    {
        Driver.Start();
        Driver.Send(new VsockPacket(VsockPacket.Request, GuestPort, HostPort) { SourceCid = 43 });
        Assert.True(Driver.TrySend(new byte[VsockPacket.HeaderSize - 1], TimeSpan.FromSeconds(10)));

        Driver.AssertNothingComes();
        Assert.Equal(2, _bench.Metric("packetsDropped"));
        Assert.Equal(0, _bench.Device.Faults);
    }

    [Theory]
    [InlineData(VsockPacket.Request)] // again
    [InlineData(VsockPacket.Response)] // to what nobody asked
    [InlineData(0)]
    [InlineData(99)]
    public void Packet_AgainstTheState_EndsTheConnection(int operation)
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        Driver.Send(new VsockPacket((ushort)operation, GuestPort, HostPort));

        AssertReset(VsockPacket.HostCid, HostPort, GuestPort);
        Assert.True(VsockBench.IsAtEnd(host));
    }

    [Theory]
    [InlineData(5U)]
    [InlineData(uint.MaxValue)]
    public void Data_LongerThanItsPacket_EndsTheConnection(uint length)
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, GuestPort, HostPort) { Data = [1, 2, 3, 4], Length = length });

        AssertReset(VsockPacket.HostCid, HostPort, GuestPort);
        Assert.True(VsockBench.IsAtEnd(host));
    }

    [Fact]
    public void Data_AfterTheGuestHasEndedSending_EndsTheConnection()
    {
        Driver.Start();
        _bench.FromGuest(GuestPort, HostPort);
        Driver.Send(new VsockPacket(VsockPacket.Shutdown, GuestPort, HostPort) { Flags = VsockPacket.NoSend });
        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, GuestPort, HostPort) { Data = [1] });

        AssertReset(VsockPacket.HostCid, HostPort, GuestPort);
    }

    [Fact]
    public void Data_BeforeTheGuestHasAccepted_EndsTheConnection()
    {
        Driver.Start();
        Socket client = _bench.Client("CONNECT 7\n");
        VsockPacket request = Driver.Receive();
        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, 7, request.SourcePort) { Data = [1] });

        AssertReset(VsockPacket.HostCid, request.SourcePort, 7);
        Assert.True(VsockBench.IsAtEnd(client));
    }

    [Fact]
    public void Requests_BeyondTheLimit_AreReset()
    {
        Driver.Start();
        Socket listener = _bench.Listen(HostPort);
        List<int> answers = [];
        for (uint i = 0; i < MostConnections + 4; i++)
        {
            Driver.Send(new VsockPacket(VsockPacket.Request, GuestPort + i, HostPort));
            answers.Add(Driver.Receive().Operation);
        }

        Assert.Equal(Enumerable.Repeat<int>(VsockPacket.Response, MostConnections).Concat(Enumerable.Repeat<int>(VsockPacket.Reset, 4)), answers);
        Assert.True(VsockBench.IsAtEnd(_bench.Client("CONNECT 7\n"))); // so are the host's
        Driver.Send(new VsockPacket(VsockPacket.Reset, GuestPort, HostPort));
        Driver.Send(new VsockPacket(VsockPacket.Request, 7, HostPort));
        Assert.Equal(VsockPacket.Response, Driver.Receive().Operation);
        listener.Dispose();
    }

    [Fact]
    public void Flood_OfAGuestThatDoesNotListen_IsHeldBackAndAnsweredLater()
    {
        Driver.Start(listen: false);
        int sent = 0;
        byte[] request = new VsockPacket(VsockPacket.Request, GuestPort, HostPort).ToBytes();
        while (Driver.TrySend(request, TimeSpan.FromMilliseconds(200)))
        {
            Assert.True(++sent <= MostReplies, "taken without an end");
        }

        Assert.Equal(MostReplies, sent);
        Driver.Listen();
        for (int i = 0; i <= sent; i++)
        {
            AssertReset(VsockPacket.HostCid, HostPort, GuestPort);
        }

        Assert.True(Driver.WaitTaken(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Flood_OfConnectionsThatEndAtOnce_KeepsNothing()
    {
        Driver.Start(listen: false);
        using Socket listener = _bench.Listen(HostPort);
        for (uint i = 0; i < 2000; i++)
        {
            Driver.Send(new VsockPacket(VsockPacket.Request, GuestPort + i, HostPort));
            Driver.Send(new VsockPacket(VsockPacket.Reset, GuestPort + i, HostPort));
            listener.Accept().Dispose();
        }

        Driver.Listen();
        Driver.AssertNothingComes();
        Assert.Equal(2000, _bench.Metric("connections"));
    }

    [Fact]
    public void Buffers_TooSmallForAPacket_AreGivenBackEmpty()
    {
        Driver.Start(listen: false);
        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, 5, 6));
        Driver.PostSmall(VsockPacket.HeaderSize);
        byte[] packet = [];
        Assert.True(SpinWait.SpinUntil(() => Driver.TryReceive(out packet), TimeSpan.FromSeconds(10)));

        Assert.Empty(packet);
        AssertReset(VsockPacket.HostCid, 6, 5); // in the next one, which is large enough
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Packets_OfAnyKind_NeverBreakTheDevice(int seed)
    {
        Driver.Start();
        Random random = new(seed);
        using Socket listener = _bench.Listen(HostPort);
        using CancellationTokenSource ended = new();
        Task hosts = Task.Run(() => TalkAsync(listener, ended.Token), CancellationToken.None);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = RandomPacket(random);
            while (!Driver.TrySend(packet, TimeSpan.FromSeconds(10)))
            {
                Assert.Fail($"stuck at packet {i}");
            }

            while (Driver.TryReceive(out byte[] bytes))
            {
                VsockPacket.Of(bytes);
            }
        }

        await ended.CancelAsync();
        listener.Dispose();
        await hosts;
        Assert.Equal(0, _bench.Device.Faults);
        Assert.Empty(Driver.Virtio.Pci.Faults);
        Driver.Start();
        _bench.FromHost(7, out _);
    }

    private static byte[] RandomPacket(Random random)
    {
        byte[] bytes = new VsockPacket((ushort)random.Next(9), GuestPort + (uint)random.Next(20), random.Next(4) == 0 ? 99 : HostPort)
        {
            SourceCid = random.Next(50) == 0 ? 7 : VsockPacket.GuestCid,
            DestinationCid = random.Next(50) == 0 ? 7 : VsockPacket.HostCid,
            Type = (ushort)(random.Next(50) == 0 ? 2 : 1),
            Flags = (uint)random.Next(8),
            BufferSpace = random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : 10_000,
            ForwardCount = (uint)random.Next(3) * 100,
            Data = new byte[random.Next(3000)],
        }.ToBytes();
        if (random.Next(20) == 0)
        {
            random.NextBytes(bytes.AsSpan(random.Next(VsockPacket.HeaderSize)));
        }

        return bytes;
    }

    // Programs of the host that read a bit, write a bit, and go.
    private static async Task TalkAsync(Socket listener, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1000];
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                using Socket host = await listener.AcceptAsync(cancellation);
                host.Blocking = false;
                host.Send(buffer, SocketFlags.None, out _);
                host.Receive(buffer, SocketFlags.None, out _);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private VsockPacket AssertReset(ulong sourceCid, uint sourcePort, uint destinationPort)
    {
        VsockPacket packet = Driver.Receive();
        Assert.Equal(
            (VsockPacket.Reset, sourceCid, sourcePort, VsockPacket.GuestCid, destinationPort),
            (packet.Operation, packet.SourceCid, packet.SourcePort, packet.DestinationCid, packet.DestinationPort));
        return packet;
    }
}
