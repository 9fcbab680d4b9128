using Microsoft.Extensions.Logging;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>The quotes that are being made: a bounded number, each for a bounded time.</summary>
public sealed partial class QuoteRequests(IQuoteProvider provider, EventNotifier notifier, TimeProvider time, ILogger<QuoteRequests> logger) : IDisposable
{
    private const int MaxInFlight = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _machineEnds = new();
    private readonly Lock _publishing = new();
    private readonly LogThrottle _throttle = new(time);
    private int _inFlight;
    private bool _disposed;

    /// <summary>Requests that the provider is still busy with.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Guest memory may be gone once this returns: no request touches it any more.</summary>
    public void Dispose()
    {
        lock (_publishing)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _machineEnds.Cancel();
        _machineEnds.Dispose();
    }

    /// <summary>Starts a request, and finishes it too if the provider answers at once.</summary>
    /// <returns>False when too many are in flight.</returns>
    internal bool TryStart(in QuoteBuffer buffer, ReadOnlySpan<byte> input)
    {
        if (Interlocked.Increment(ref _inFlight) > MaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            return false;
        }

        byte[] copy = input.ToArray(); // before the buffer changes hands: afterwards the guest could still write to it
        buffer.Publish(QuoteStatus.InFlight);
        _ = CompleteAsync(buffer, copy);
        return true;
    }

    private async Task CompleteAsync(QuoteBuffer buffer, byte[] input)
    {
        Task<ReadOnlyMemory<byte>>? quoting = null;
        try
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_machineEnds.Token);
            quoting = provider.GetQuoteAsync(input, cancellation.Token).AsTask();
            try
            {
                Finish(buffer, QuoteStatus.Success, await quoting.WaitAsync(Timeout, time, cancellation.Token));
            }
            catch (TimeoutException)
            {
                await cancellation.CancelAsync();
                throw;
            }
        }
        catch (Exception exception)
        {
            Finish(buffer, QuoteStatus.Error, default);
            if (_throttle.TryEnter())
            {
                LogFailed(exception);
            }
        }

        // A provider that ignores its cancellation keeps its place: else a guest could have any number of them running.
        if (quoting is not null)
        {
            await quoting.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Interlocked.Decrement(ref _inFlight);
    }

    private void Finish(QuoteBuffer buffer, QuoteStatus status, ReadOnlyMemory<byte> quote)
    {
        lock (_publishing)
        {
            if (_disposed)
            {
                return;
            }

            buffer.Publish(status, quote.Span);
        }

        notifier.Signal();
    }

    [LoggerMessage(1, LogLevel.Warning, "GetQuote failed, the guest got an error status", EventName = "QuoteFailed")]
    private partial void LogFailed(Exception exception);
}
