using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Vmm.Core.Sockets;
using Vmm.Core.Testing;

namespace Vmm.Core.Tests.Sockets;

/// <summary>Sockets that never wait, and the thread that waits for them.</summary>
public sealed class StreamSocketTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-sockets-");
    private readonly ConcurrentQueue<(ulong Token, SocketEvents Events)> _events = [];
    private readonly UnixListener _listener;
    private readonly SocketPoller _poller;

    public StreamSocketTests()
    {
        _listener = UnixListener.Listen(SocketPath, backlog: 1);
        _listener.Socket.Blocking = false;
        _poller = new SocketPoller("sockets", (token, events) => _events.Enqueue((token, events)));
    }

    private string SocketPath => Path.Combine(_folder.FullName, "socket");

    public void Dispose()
    {
        _poller.Dispose();
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Connect_ToNobody_FailsForGood()
    {
        Assert.Null(StreamSocket.Connect(Encoding.UTF8.GetBytes(SocketPath + "-not"), out bool isBusy));
        Assert.False(isBusy);
        Assert.Null(StreamSocket.Accept(_listener.Socket));
    }

    [Fact]
    public void Connect_BeyondTheBacklog_IsBusy()
    {
        List<StreamSocket> waiting = [];
        bool isBusy = false;
        while (Connect(out isBusy) is { } socket && waiting.Count < 100)
        {
            waiting.Add(socket);
        }

        Assert.True(isBusy);
        waiting.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void Transfer_ThatWouldWait_SaysSo()
    {
        (StreamSocket client, StreamSocket server) = Pair();
        Assert.Equal(StreamSocket.WouldBlock, client.Receive(new byte[1]));
        byte[] block = new byte[1 << 16];
        long sent = 0;
        for (int count = 0; count != StreamSocket.WouldBlock; sent += Math.Max(count, 0))
        {
            count = client.Send(block);
            Assert.True(sent < 1 << 26);
        }

        long received = 0;
        for (int count = server.Receive(block); count > 0; count = server.Receive(block))
        {
            received += count;
        }

        Assert.Equal(sent, received);
        client.Dispose();
        Assert.Equal(0, server.Receive(block));
        Assert.Equal(StreamSocket.Broken, server.Send(block)); // and no signal ends the process
        server.Dispose();
    }

    [Fact]
    public void ShutdownSend_EndsOneDirection()
    {
        (StreamSocket client, StreamSocket server) = Pair();
        client.ShutdownSend();
        Assert.Equal(0, server.Receive(new byte[1]));
        Assert.Equal(2, server.Send("ok"u8));
        Assert.Equal(2, client.Receive(new byte[8]));
        client.ShutdownReceive();
        Assert.Equal(StreamSocket.Broken, server.Send("late"u8));
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Poller_TellsOncePerChange()
    {
        const ulong Token = 0x1_0000_0002;
        (StreamSocket client, StreamSocket server) = Pair();
        Assert.True(_poller.Add(server, Token, SocketEvents.Readable));
        client.Send("a"u8);
        await Told(Token, SocketEvents.Readable);
        Assert.True(_poller.Change(server, Token, SocketEvents.Readable | SocketEvents.Writable));
        await Told(Token, SocketEvents.Readable | SocketEvents.Writable);
        Assert.Equal(1, server.Receive(new byte[8]));
        client.Dispose();
        await Told(Token, SocketEvents.Readable | SocketEvents.Writable | SocketEvents.HangUp);
        server.Dispose();
        Assert.Empty(_events);
    }

    [Fact]
    public async Task Poller_TellsOfClients_AndAgainWhenAsked()
    {
        const ulong Token = 7;
        Assert.True(_poller.Add(_listener.Socket, Token));
        using StreamSocket? client = Connect(out _);
        await Told(Token, SocketEvents.Readable);
        Assert.True(_poller.Change(_listener.Socket, Token));
        await Told(Token, SocketEvents.Readable);
        using StreamSocket? server = StreamSocket.Accept(_listener.Socket);
        Assert.NotNull(server);
        Assert.Null(StreamSocket.Accept(_listener.Socket));
    }

    private async Task Told(ulong token, SocketEvents events)
    {
        await Eventually.True(() => !_events.IsEmpty);
        Assert.True(_events.TryDequeue(out (ulong Token, SocketEvents Events) told));
        Assert.Equal((token, events), told);
    }

    private StreamSocket? Connect(out bool isBusy) => StreamSocket.Connect(Encoding.UTF8.GetBytes(SocketPath), out isBusy);

    private (StreamSocket Client, StreamSocket Server) Pair()
    {
        StreamSocket client = Connect(out _)!;
        return (client, StreamSocket.Accept(_listener.Socket)!);
    }
}
