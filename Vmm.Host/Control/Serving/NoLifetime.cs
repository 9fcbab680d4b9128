using Microsoft.Extensions.Hosting;

namespace Vmm.Host.Control.Serving;

/// <summary>The server lives and dies with the run: it has no ear for signals of its own.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
