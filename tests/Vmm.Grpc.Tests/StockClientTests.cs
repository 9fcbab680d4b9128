namespace Vmm.Grpc.Tests;

/// <summary>The server against a client that nobody here wrote.</summary>
public sealed class StockClientTests(WireServer server) : IClassFixture<WireServer>
{
    [Fact]
    public async Task Server_GrpcJs_PassesAllChecks()
    {
        (int code, string output) = await GrpcJs.RunAsync("wire.js", Path.Combine(AppContext.BaseDirectory, "Protos", "wire.proto"), server.Socket);

        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(code == 0, output);
        Assert.Contains("ok 100 streams at once", output, StringComparison.Ordinal);
    }
}
