using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Vmm.Grpc.Tests.Protos;

namespace Vmm.Grpc.Tests.Wire;

/// <summary>Requests that no client sends.</summary>
public sealed class MalformedRequestTests(WireServer server) : IClassFixture<WireServer>
{
    private const int FrameHeader = 5;
    private const string Echo = "/vmm.tests.Wire/Echo";
    private const string Grpc = "application/grpc";

    public static TheoryData<string, byte[], StatusCode> Bodies => new()
    {
        { "none", [], StatusCode.Internal },
        { "half a header", [0, 0, 0], StatusCode.Internal },
        { "half a message", [0, 0, 0, 0, 9, 1], StatusCode.Internal },
        { "compressed", [1, 0, 0, 0, 0], StatusCode.Internal },
        { "huge", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1], StatusCode.ResourceExhausted },
        { "no protobuf", [0, 0, 0, 0, 2, 0xFF, 0xFF], StatusCode.Internal },
        { "bad UTF-8, which is replaced", [0, 0, 0, 0, 4, 0x1A, 2, 0xC3, 0x28], StatusCode.OK },
        { "two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], StatusCode.Internal },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_NoMessage_IsRefusedWithAStatus(string what, byte[] body, StatusCode code)
    {
        using HttpResponseMessage response = await PostAsync(Echo, Grpc, body);

        Assert.True(response.IsSuccessStatusCode, what);
        Assert.Equal(((int)code).ToString(CultureInfo.InvariantCulture), Status(response));
    }

    [Fact]
    public async Task Encoding_Unknown_IsUnimplementedAndNamesOurs()
    {
        using HttpResponseMessage response = await PostAsync(Echo, Grpc, new byte[FrameHeader], ("grpc-encoding", "gzip"));

        Assert.Equal("12", Status(response));
        Assert.Contains("identity", Assert.Single(response.Headers.GetValues("grpc-accept-encoding")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_NoTimeout_IsInternal()
    {
        using HttpResponseMessage response = await PostAsync(Echo, Grpc, new byte[FrameHeader], ("grpc-timeout", "soon"));

        Assert.Equal("13", Status(response));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    public async Task ContentType_NotGrpc_IsUnsupported(string type)
    {
        using HttpResponseMessage response = await PostAsync(Echo, type, new byte[FrameHeader]);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Method_Unknown_IsUnimplementedForAClient()
    {
        using GrpcChannel channel = server.Connect();
        Method<Ask, Answer> method = new(MethodType.Unary, "vmm.tests.Wire", "Nonsense", Write<Ask>(Ask.Parser), Write<Answer>(Answer.Parser));

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => channel.CreateCallInvoker().AsyncUnaryCall(method, host: null, default, new Ask()).ResponseAsync);

        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }

    [Fact]
    public async Task Connection_RandomBytes_LeaveTheServerServing()
    {
        Random random = new(1);
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
        for (int i = 0; i < 300; i++)
        {
            byte[] garbage = new byte[random.Next(200)];
            random.NextBytes(garbage);
            await using NetworkStream stream = await UnixSocket.ConnectAsync(server.Socket, TestContext.Current.CancellationToken);
            try
            {
                await stream.WriteAsync(i % 2 == 0 ? garbage : [.. preface, .. garbage], TestContext.Current.CancellationToken);
                stream.Socket.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                // The server was quicker to hang up.
            }
        }

        using GrpcChannel channel = server.Connect();
        Assert.Equal(1, (await new Protos.Wire.WireClient(channel).EchoAsync(new Ask { Number = 1 })).Number);
    }

    private static Marshaller<T> Write<T>(MessageParser<T> parser)
        where T : IMessage<T> => Marshallers.Create<T>((message, context) => context.Complete(message.ToByteArray()), context => parser.ParseFrom(context.PayloadAsNewBuffer()));

    private static string? Status(HttpResponseMessage response) =>
        (response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? early) ? early : response.TrailingHeaders.GetValues("grpc-status")).Single();

    private async Task<HttpResponseMessage> PostAsync(string path, string type, byte[] body, params (string Name, string Value)[] headers)
    {
        using HttpClient http = new(UnixSocket.Handler(server.Socket));
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://localhost{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }
}
