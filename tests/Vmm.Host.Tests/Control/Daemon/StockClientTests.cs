using Vmm.Grpc.Tests;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>The daemon against clients that nobody here wrote: they know its address, and all else by reflection.</summary>
public sealed class StockClientTests : IAsyncLifetime
{
    private DaemonUnderTest _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await DaemonUnderTest.StartedAsync();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task GrpcJs_WithReflection_FindsAndCallsTheServices()
    {
        (int code, string output) = await GrpcJs.RunAsync("stock.js", _daemon.Socket);

        Assert.True(code == 0, output);
        Assert.Equal(
            [
                "grpc.health.v1.Health grpc.reflection.v1.ServerReflection vmm.v1.Host vmm.v1.Machines",
                "SERVING",
                "STATE_CREATED /",
                "NOT_FOUND no-such-machine there is no machine \"nobody\"",
                "4",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
