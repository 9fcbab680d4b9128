using System.Net;
using System.Net.Sockets;
using Vmm.Core.Testing;
using Vmm.Tdx.Attestation.Quotes.Qgs;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

public sealed class QgsQuoteProviderTests : IDisposable
{
    private static readonly byte[] Made = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetQuote_Service_GetsTheReportAndItsQuoteComesBack(bool tcp)
    {
        byte[] report = _platform.Report();
        byte[]? asked = null;
        await using QgsStandIn service = new((_, body) =>
        {
            asked = body;
            return QgsStandIn.Answer(Made);
        }, tcp);

        Assert.Equal(Made, await Ask(service.Endpoint, report));
        Assert.Equal(report, asked);
    }

    [Fact]
    public async Task GetQuote_FramedRequest_IsAnsweredFramed()
    {
        await using QgsStandIn service = new((_, _) => QgsStandIn.Answer(Made));

        Assert.Equal(Made, QgsMessages.ReadResponse((await Ask(service.Endpoint, QgsMessages.Request(_platform.Report()))).AsSpan(4)));
    }

    [Fact]
    public async Task GetQuote_ServiceThatHangsUpTwice_IsAskedAgain()
    {
        await using QgsStandIn service = new((number, _) => number < 2 ? QgsStandIn.Answer(Made)[..(number * 100)] : QgsStandIn.Answer(Made));

        Assert.Equal(Made, await Ask(service.Endpoint, _platform.Report()));
        Assert.Equal(3, service.Requests);
    }

    [Fact]
    public async Task GetQuote_ServiceThatHangsUpForEver_SaysSo()
    {
        await using QgsStandIn service = new((_, _) => []);

        await AssertFails(service.Endpoint, "gave no quote within 1 s: it hung up before it had answered", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task GetQuote_SlowService_IsGivenUp()
    {
        await using QgsStandIn service = new((_, _) => null);

        await AssertFails(service.Endpoint, "gave no answer within 0.5 s", TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public async Task GetQuote_NobodyListens_SaysSo() => await AssertFails("unix:/nowhere/qgs.socket", "gave no quote within 0.5 s", TimeSpan.FromSeconds(0.5));

    [Fact]
    public async Task GetQuote_ServiceThatRefuses_SaysWhy()
    {
        await using QgsStandIn service = new((_, _) => QgsStandIn.Answer([], error: 0x12003));

        await AssertFails(service.Endpoint, "refused the request: error 0x12003 (InvalidParameter)");
        Assert.Equal(1, service.Requests);
    }

    public static TheoryData<byte[]> Lies => new(
        [0xFF, 0xFF, 0xFF, 0xFF],
        [0, 2, 0, 1],
        [0, 0, 0, 0],
        [0, 0, 0, 3, 1, 2, 3],
        QgsStandIn.Answer(Made, type: 3),
        QgsStandIn.Answer(Made, major: 2),
        QgsStandIn.Answer(Made, sizeError: 1),
        QgsStandIn.Answer([]),
        [0, 0, 0, 24, 1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0]);

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task GetQuote_ServiceThatLies_IsFoundOut(byte[] answer)
    {
        await using QgsStandIn service = new((_, _) => answer);

        await AssertFails(service.Endpoint, "does not speak the QGS protocol");
    }

    /// <summary>The time-out is for all of the answer: a service that always has one more byte does not get around it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetQuote_ServiceThatDribbles_IsGivenUp(bool tcp)
    {
        await using QgsStandIn service = new((_, _) => QgsStandIn.Answer(Made), tcp) { PauseBetweenBytes = TimeSpan.FromMilliseconds(10) };

        await AssertFails(service.Endpoint, "gave no answer within 0.5 s", TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public async Task GetQuote_NobodyAtTheTcpPort_SaysWhatToDo()
    {
        using Socket unused = new(SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0)); // taken, and not listening
        int port = ((IPEndPoint)unused.LocalEndPoint!).Port;

        await AssertFails($"tcp:[::1]:{port}", "connection refused; start it, or correct \"endpoint\"", TimeSpan.FromSeconds(5));
    }

    /// <summary>By the kernel there is no vsock at all, or nobody listens, or the connecting takes its time.</summary>
    [Fact]
    public async Task GetQuote_NobodyAtTheVsockPort_SaysSo() => await AssertFails("vsock:1:40507", "within 0.5 s", TimeSpan.FromSeconds(0.5));

    /// <summary>AF_VSOCK for real, where a machine can talk to itself by it.</summary>
    [Fact]
    public async Task GetQuote_ServiceBehindVsock_GetsTheReportAndItsQuoteComesBack()
    {
        using VsockLoopback vsock = VsockLoopback.OpenOrSkip();
        Task serving = Task.Run(() => vsock.ServeOne(QgsStandIn.Answer(Made)), TestContext.Current.CancellationToken);

        Assert.Equal(Made, await Ask(vsock.Endpoint, _platform.Report()));
        await serving;
    }

    /// <summary>The clock stands still: whoever waited for the service would wait for ever.</summary>
    [Fact]
    public async Task GetQuote_SlowService_DoesNotHoldTheCaller()
    {
        await using QgsStandIn service = new((_, _) => null);
        QgsQuoteProvider provider = new(QgsEndpoint.TryParse(service.Endpoint)!, TimeSpan.FromSeconds(2), new FakeTime());
        using CancellationTokenSource machineEnds = new();

        Task<ReadOnlyMemory<byte>> quoting = provider.GetQuoteAsync(_platform.Report(), machineEnds.Token).AsTask();

        Assert.False(quoting.IsCompleted);
        await machineEnds.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => quoting);
    }

    [Theory]
    [InlineData("unix:/run/tdx-qgs/qgs.socket", true)]
    [InlineData("vsock:2:4050", true)]
    [InlineData("tcp:localhost:4050", true)]
    [InlineData("tcp:[::1]:4050", true)]
    [InlineData("", false)]
    [InlineData("unix", false)]
    [InlineData("unix:", false)]
    [InlineData("unix:relative", false)]
    [InlineData("vsock:2", false)]
    [InlineData("vsock:-1:4050", false)]
    [InlineData("vsock:2:99999999999", false)]
    [InlineData("tcp::4050", false)]
    [InlineData("tcp:host:0", false)]
    [InlineData("tcp:host:65536", false)]
    [InlineData("http:host:80", false)]
    public void Endpoint_Text_IsReadOrRefused(string text, bool good) => Assert.Equal(good, QgsEndpoint.TryParse(text) is not null);

    private async Task AssertFails(string endpoint, string expected, TimeSpan? timeout = null)
    {
        QgsException e = await Assert.ThrowsAsync<QgsException>(() => Ask(endpoint, _platform.Report(), timeout));
        Assert.StartsWith($"the quote generation service at {endpoint} ", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> Ask(string endpoint, byte[] input, TimeSpan? timeout = null)
    {
        QgsQuoteProvider provider = new(QgsEndpoint.TryParse(endpoint)!, timeout ?? TimeSpan.FromSeconds(20), TimeProvider.System);
        return (await provider.GetQuoteAsync(input, CancellationToken.None)).ToArray();
    }
}
