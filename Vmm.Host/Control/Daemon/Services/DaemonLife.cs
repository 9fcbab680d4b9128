using Grpc.Core;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>The end of the daemon, as its services see it: calls that last are ended, so that it need not wait for them.</summary>
/// <param name="stop">Ends it.</param>
/// <param name="stopping">The daemon ends.</param>
internal sealed class DaemonLife(Action stop, CancellationToken stopping)
{
    // For all clients together. Each costs some memory, and nobody needs so many.
    private const int MostStreams = 1000;

    private int _streams;

    /// <summary>Ends the daemon.</summary>
    public void Stop() => stop();

    /// <summary>Serves a call that may last: until its client ends it, or the daemon ends.</summary>
    /// <exception cref="ControlException">The daemon ends, or too many such calls are being served.</exception>
    public async Task LastAsync(ServerCallContext context, Func<CancellationToken, Task> serve)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            if (Interlocked.Increment(ref _streams) > MostStreams)
            {
                throw new ControlException(ControlReason.TooManyStreams, $"the daemon serves {MostStreams} streams already; end some");
            }

            await serve(either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } && stopping.IsCancellationRequested)
        {
            throw new ControlException(ControlReason.ShuttingDown, "the daemon ends; machines go on");
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }
}
