using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Vmm.Grpc.Tests.Protos;

namespace Vmm.Grpc.Tests;

/// <summary>The client and the server that this repository is built with, against each other.</summary>
public sealed class OwnClientTests(WireServer server) : IClassFixture<WireServer>, IDisposable
{
    private const int Large = 4 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GrpcChannel _channel = server.Connect();

    private Protos.Wire.WireClient Client => new(_channel);

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task Unary_Message_ComesBackWithMetadata()
    {
        byte[] data = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Metadata headers = new() { { "x-text", "hello" }, { "x-data-bin", data } };

        using AsyncUnaryCall<Answer> call = Client.EchoAsync(new Ask { Number = 7, Text = "ä€😀" }, headers);

        Assert.Equal(7, (await call).Number);
        Assert.Equal("ä€😀", (await call.ResponseAsync).Text);
        Assert.Equal("hello", (await call.ResponseHeadersAsync).GetValue("x-text"));
        Assert.Equal(data, (await call.ResponseHeadersAsync).GetValueBytes("x-data-bin"));
        Assert.Equal([0, 1, 0xFF], call.GetTrailers().GetValueBytes("x-trailer-bin"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public void Unary_Blocking_Works() => Assert.Equal(3, Client.Echo(new Ask { Number = 3 }).Number);

    [Fact]
    public async Task ClientStreaming_Numbers_AreSummed()
    {
        using AsyncClientStreamingCall<Ask, Answer> call = Client.Sum();
        for (int i = 1; i <= 100; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Number = i });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(5050, (await call).Number);
    }

    [Fact]
    public async Task ServerStreaming_Count_ComesInOrder()
    {
        using AsyncServerStreamingCall<Answer> call = Client.Count(new Ask { Number = 1000 });
        List<long> numbers = [];
        await foreach (Answer answer in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(answer.Number);
        }

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task Duplex_Requests_AreAnsweredAtOnce()
    {
        using AsyncDuplexStreamingCall<Ask, Answer> call = Client.Chat();
        for (int i = 0; i < 10; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Number = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Streams_HundredAtOnce_AllWork() => await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
    {
        using AsyncDuplexStreamingCall<Ask, Answer> call = Client.Chat();
        for (int round = 0; round < 5; round++)
        {
            await call.RequestStream.WriteAsync(new Ask { Number = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }
    }));

    [Fact]
    public async Task Unary_FourMebibytes_ComeBack()
    {
        ByteString data = ByteString.CopyFrom(new byte[Large]);
        Assert.Equal(data, (await Client.EchoAsync(new Ask { Data = data })).Data);
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "there is no machine \"x\" – 100 % sure\n")]
    [InlineData(StatusCode.Unauthenticated, "")]
    public async Task Failure_Status_ArrivesWithTextAndTrailers(StatusCode code, string text)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(new Ask { Fail = (int)code, Text = text }).ResponseAsync);

        Assert.Equal(code, e.StatusCode);
        Assert.Equal(text, e.Status.Detail);
        Assert.Equal("asked-for", e.Trailers.GetValue("reason"));
    }

    [Fact]
    public async Task Failure_AfterMessages_Arrives()
    {
        using AsyncServerStreamingCall<Answer> call = Client.Count(new Ask { Number = 2, Fail = (int)StatusCode.Aborted, Text = "so be it" });

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(await call.ResponseStream.MoveNext());
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.Aborted, "so be it"), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task Failure_Crash_TellsNoSecrets()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(new Ask { Crash = true }).ResponseAsync);

        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("secret", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_RequestTooLarge_IsResourceExhausted()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(new Ask { Data = ByteString.CopyFrom(new byte[WireServer.Limit]) }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Equal(1, (await Client.EchoAsync(new Ask { Number = 1 })).Number);
    }

    [Fact]
    public async Task Deadline_Over_IsDeadlineExceeded()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => Client.EchoAsync(new Ask { Hang = true }, deadline: DateTime.UtcNow.AddMilliseconds(100)).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task Cancellation_Stream_ReachesTheServer()
    {
        long before = (await Client.CancelledAsync(new Ask())).Number;
        using CancellationTokenSource cancel = new();
        using AsyncServerStreamingCall<Answer> call = Client.Count(new Ask { Number = -1 }, cancellationToken: cancel.Token);
        Assert.True(await call.ResponseStream.MoveNext());

        await cancel.CancelAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext())
            {
            }
        });
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        using CancellationTokenSource patience = new(Patience);
        while ((await Client.CancelledAsync(new Ask())).Number == before)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    [Fact]
    public async Task Call_NoServer_IsUnavailable()
    {
        using GrpcChannel nowhere = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocket.Handler("/nowhere") });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => new Protos.Wire.WireClient(nowhere).EchoAsync(new Ask()).ResponseAsync);

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }
}
