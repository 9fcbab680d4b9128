namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A guest that accepts every connection and sends back what it gets, within the credit of both sides (virtio 1.2, 5.10.6.3).</summary>
internal sealed class VsockEchoGuest(VsockDriver driver)
{
    private const uint BufferSpace = 16 * 1024;
    private const int LargestPacket = 4000;

    private readonly Dictionary<(uint Guest, uint Host), Peer> _peers = [];

    public int Open => _peers.Count;

    public int Accepted { get; private set; }

    public void Connect(uint guestPort, uint hostPort)
    {
        _peers.Add((guestPort, hostPort), new Peer());
        Send((guestPort, hostPort), VsockPacket.Request);
    }

    /// <summary>Serves until a condition holds.</summary>
    public void Run(Func<bool> until)
    {
        DateTime end = DateTime.UtcNow + TimeSpan.FromSeconds(120);
        while (!until())
        {
            Assert.True(DateTime.UtcNow < end, $"stuck: {_peers.Count} connections");
            if (driver.TryReceive(out byte[] bytes))
            {
                Take(VsockPacket.Of(bytes));
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private void Take(VsockPacket packet)
    {
        (uint, uint) key = (packet.DestinationPort, packet.SourcePort);
        if (packet.Operation == VsockPacket.Request)
        {
            _peers.Add(key, new Peer());
            Accepted++;
            Send(key, VsockPacket.Response);
        }

        if (!_peers.TryGetValue(key, out Peer? peer))
        {
            Assert.Equal(VsockPacket.Reset, packet.Operation);
            return;
        }

        (peer.Space, peer.Forwarded) = (packet.BufferSpace, packet.ForwardCount);
        switch (packet.Operation)
        {
            case VsockPacket.Reset:
                _peers.Remove(key);
                return;
            case VsockPacket.CreditRequest:
                Send(key, VsockPacket.CreditUpdate);
                break;
            case VsockPacket.ReadWrite:
                peer.Received += (uint)packet.Data.Length;
                Assert.True(peer.Received - peer.Echoed <= BufferSpace, "the device sends more than the guest has room for");
                peer.Waiting.Enqueue(packet.Data);
                break;
            case VsockPacket.Shutdown:
                peer.Ends = (packet.Flags & VsockPacket.NoSend) != 0;
                break;
        }

        Echo(key, peer);
    }

    private void Echo((uint Guest, uint Host) key, Peer peer)
    {
        while (peer.Waiting.TryPeek(out byte[]? data))
        {
            uint room = peer.Space - (peer.Sent - peer.Forwarded);
            int length = (int)Math.Min(Math.Min(room, LargestPacket), (uint)data.Length - peer.Offset);
            if (length == 0)
            {
                return;
            }

            byte[] part = data[(int)peer.Offset..((int)peer.Offset + length)];
            peer.Sent += (uint)length;
            peer.Echoed += (uint)length;
            peer.Offset += (uint)length;
            if (peer.Offset == data.Length)
            {
                peer.Waiting.Dequeue();
                peer.Offset = 0;
            }

            Send(key, VsockPacket.ReadWrite, part);
        }

        if (peer.Ends)
        {
            peer.Ends = false;
            Send(key, VsockPacket.Shutdown, flags: VsockPacket.Both);
        }
    }

    private void Send((uint Guest, uint Host) key, ushort operation, byte[]? data = null, uint flags = 0) =>
        driver.Send(new VsockPacket(operation, key.Guest, key.Host)
        {
            Data = data ?? [],
            Flags = flags,
            BufferSpace = BufferSpace,
            ForwardCount = _peers[key].Echoed,
        });

    private sealed class Peer
    {
        public Queue<byte[]> Waiting { get; } = [];

        public uint Space { get; set; }

        public uint Forwarded { get; set; }

        public uint Sent { get; set; }

        public uint Received { get; set; }

        public uint Echoed { get; set; }

        public uint Offset { get; set; }

        public bool Ends { get; set; }
    }
}
