using System.Net.Sockets;
using System.Text;
using Vmm.Devices.Tests.TestKit.Virtio;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>Flow control of virtio 1.2, 5.10.6.3.</summary>
public sealed class VirtioVsockCreditTests : IDisposable
{
    private const uint GuestPort = 1024, HostPort = 52;
    private const int BufferSize = 4096;

    private readonly VsockBench _bench = new(bufferSize: BufferSize);

    private VsockDriver Driver => _bench.Driver;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Guest_WithoutRoom_IsAskedOnce_AndGetsTheRestWhenItHasRoom()
    {
        const uint Space = 1000;
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort, Space);
        string text = string.Concat(Enumerable.Range(0, 3500).Select(i => (char)('a' + (i % 26))));
        host.Send(Encoding.ASCII.GetBytes(text));

        StringBuilder received = new();
        while (received.Length < text.Length)
        {
            int until = Math.Min(received.Length + (int)Space, text.Length);
            while (received.Length < until)
            {
                VsockPacket packet = Driver.Receive();
                Assert.Equal(VsockPacket.ReadWrite, packet.Operation);
                received.Append(Encoding.ASCII.GetString(packet.Data));
            }

            Assert.Equal(until, received.Length);
            if (until < text.Length)
            {
                Assert.Equal(VsockPacket.CreditRequest, Driver.Receive().Operation);
                Driver.AssertNothingComes();
                Driver.Send(new VsockPacket(VsockPacket.CreditUpdate, GuestPort, HostPort) { BufferSpace = Space, ForwardCount = (uint)received.Length });
            }
        }

        Assert.Equal(text, received.ToString());
    }

    [Theory]
    [InlineData(0U, 5U)] // more was handed on than was ever sent
    [InlineData(0U, 0U)]
    public void Guest_WithAbsurdCredit_GetsNothing(uint space, uint forwarded)
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort, guestSpace: 0);
        host.Send("text"u8);
        Assert.Equal(VsockPacket.CreditRequest, Driver.Receive().Operation);
        Driver.Send(new VsockPacket(VsockPacket.CreditUpdate, GuestPort, HostPort) { BufferSpace = space, ForwardCount = forwarded });

        Driver.AssertNothingComes();
    }

    [Fact]
    public void Host_ThatDoesNotRead_HoldsTheGuestBack_AndLosesNothing()
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        uint sent = Exhaust();
        Driver.AssertNothingComes();
        Assert.Equal(VsockPacket.CreditUpdate, Ask().Operation); // asked, it tells the truth
        Assert.Equal(sent, (uint)_bench.Metric("bytesFromGuest"));

        byte[] all = new byte[sent];
        for (int read = 0; read < all.Length;)
        {
            read += host.Receive(all.AsSpan(read));
        }

        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal((byte)(i / 256), all[i]);
        }

        VsockPacket update = Driver.Receive();
        while (update.ForwardCount != sent)
        {
            Assert.Equal(VsockPacket.CreditUpdate, update.Operation);
            update = Driver.Receive();
        }

        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, GuestPort, HostPort) { Data = new byte[BufferSize] });
        Assert.Equal(BufferSize, VsockBench.Read(host, BufferSize).Length);
    }

    [Fact]
    public void Guest_ThatSendsMoreThanItMay_IsReset()
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        Exhaust();
        Driver.Send(new VsockPacket(VsockPacket.ReadWrite, GuestPort, HostPort) { Data = new byte[BufferSize] });

        Assert.Equal(VsockPacket.Reset, Driver.Receive().Operation);
        while (!VsockBench.IsAtEnd(host))
        {
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // Linux does not wait for ever
    public void Guest_ThatClosesWhileTheHostIsBusy_HasAllDelivered(bool resets)
    {
        Driver.Start();
        Socket host = _bench.FromGuest(GuestPort, HostPort);
        uint sent = Exhaust();
        Driver.Send(new VsockPacket(VsockPacket.Shutdown, GuestPort, HostPort) { Flags = VsockPacket.Both });
        if (resets)
        {
            Driver.Send(new VsockPacket(VsockPacket.Reset, GuestPort, HostPort));
        }

        Driver.AssertNothingComes();
        Assert.Equal((int)sent, VsockBench.Read(host, (int)sent).Length);
        Assert.True(VsockBench.IsAtEnd(host));
        if (!resets)
        {
            VsockPacket packet = Driver.Receive();
            while (packet.Operation == VsockPacket.CreditUpdate)
            {
                packet = Driver.Receive();
            }

            Assert.Equal(VsockPacket.Reset, packet.Operation);
        }
    }

    // Sends until there is no credit left: the kernel's buffer first, then the device's. Byte i is i / 256.
    private uint Exhaust()
    {
        uint sent = 0;
        while (true)
        {
            uint room = BufferSize - (sent - Ask().ForwardCount);
            if (room == 0 && !Driver.ReceiveSoon(out _)) // else that was no answer: the device had told of its own accord
            {
                return sent;
            }

            for (; room > 0; room -= 256, sent += 256)
            {
                Driver.Send(new VsockPacket(VsockPacket.ReadWrite, GuestPort, HostPort) { Data = [.. Enumerable.Repeat((byte)(sent / 256), 256)] });
            }
        }
    }

    // The latest answer: there may be others between.
    private VsockPacket Ask()
    {
        Driver.Send(new VsockPacket(VsockPacket.CreditRequest, GuestPort, HostPort));
        VsockPacket latest = Driver.Receive();
        while (Driver.TryReceive(out byte[] more))
        {
            latest = VsockPacket.Of(more);
        }

        Assert.Equal(BufferSize, (int)latest.BufferSpace);
        return latest;
    }
}
