using System.Net.Sockets;
using System.Security.Cryptography;
using Vmm.Devices.Tests.TestKit.Virtio;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>Hundreds of connections at once.</summary>
public sealed class VirtioVsockManyTests : IDisposable
{
    private const int EachWay = 150, BytesEach = 50_000;
    private const uint GuestListener = 7, HostListener = 52, FirstGuestPort = 10_000;

    private readonly VsockBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Echo_OfThreeHundredConnections_IsRight()
    {
        _bench.Driver.Start(features: VirtioDriver.EventIndex);
        VsockEchoGuest guest = new(_bench.Driver);
        Socket listener = _bench.Listen(HostListener);
        TaskCompletionSource allOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int open = 0;
        Task<bool>[] programs =
        [
            .. Enumerable.Range(0, EachWay).Select(i => Task.Run(async () => await TalkAsync(await ConnectAsync(), i))),
            .. Enumerable.Range(0, EachWay).Select(i => Task.Run(async () => await TalkAsync(await listener.AcceptAsync(), EachWay + i))),
        ];
        for (uint i = 0; i < EachWay; i++)
        {
            guest.Connect(FirstGuestPort + i, HostListener);
        }

        Task all = Task.WhenAll(programs);
        guest.Run(() => all.IsCompleted && guest.Open == 0);
        await all;
        Assert.All(programs, program => Assert.True(program.Result, "another checksum"));
        Assert.Equal(EachWay, guest.Accepted);
        Assert.Equal(2 * EachWay, _bench.Metric("connections"));
        Assert.Equal(2 * EachWay * BytesEach, _bench.Metric("bytesToGuest"));
        Assert.Equal(2 * EachWay * BytesEach, _bench.Metric("bytesFromGuest"));
        Assert.Equal(0, _bench.Metric("packetsDropped"));

        async Task<Socket> ConnectAsync()
        {
            Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(_bench.Path));
            await client.SendAsync("CONNECT 7\n"u8.ToArray());
            byte[] answer = new byte[1];
            do
            {
                Assert.Equal(1, await client.ReceiveAsync(answer));
            }
            while (answer[0] != '\n');
            return client;
        }

        async Task<bool> TalkAsync(Socket socket, int seed)
        {
            using NetworkStream stream = new(socket, ownsSocket: true);
            byte[] content = new byte[BytesEach];
            new Random(seed).NextBytes(content);
            await stream.WriteAsync(content.AsMemory(0, 1));
            if (Interlocked.Increment(ref open) == 2 * EachWay)
            {
                allOpen.SetResult();
            }

            await allOpen.Task; // all of them at once, indeed
            Task writing = WriteAsync();
            byte[] echo = new byte[BytesEach];
            await stream.ReadExactlyAsync(echo);
            await writing;
            socket.Shutdown(SocketShutdown.Send);
            return SHA256.HashData(echo).AsSpan().SequenceEqual(SHA256.HashData(content)) && await stream.ReadAsync(echo) == 0;

            async Task WriteAsync() => await stream.WriteAsync(content.AsMemory(1));
        }
    }
}
