using Grpc.Core;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>What tests read from the trace of a guest that makes calls without a pause.</summary>
internal static class TraceReading
{
    private const int MostCalls = 10_000_000;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Reads up to a call.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="wanted">Whether this is the call.</param>
    /// <param name="callAgain">Has the guest make it once more: it may have been among those that were missed.</param>
    public static async Task<TraceEvent> FindAsync(AsyncServerStreamingCall<TraceBatch> trace, Func<TraceEvent, bool> wanted, Func<Task> callAgain)
    {
        while (await trace.ResponseStream.MoveNext(Cancellation))
        {
            if (trace.ResponseStream.Current.Events.FirstOrDefault(wanted) is { } found)
            {
                return found;
            }

            if (trace.ResponseStream.Current.Missed > 0)
            {
                await callAgain();
            }
        }

        throw new InvalidOperationException("the trace ended");
    }

    /// <summary>
    /// Reads so slowly that calls are missed. Of many calls only a part is read, and then of more: how much rings and connections hold is theirs to choose,
    /// but it ends.
    /// </summary>
    /// <param name="trace">The trace.</param>
    /// <param name="exits">How many exits the guest has had up to now.</param>
    /// <returns>How many calls were missed.</returns>
    public static async Task<ulong> UntilMissedAsync(AsyncServerStreamingCall<TraceBatch> trace, Func<Task<double>> exits)
    {
        ulong missed = 0;
        for (int many = 100_000; missed == 0; many *= 2)
        {
            Assert.InRange(many, 0, MostCalls);
            double enough = await exits() + many;
            while (await exits() < enough)
            {
                await Task.Delay(1, Cancellation);
            }

            for (int read = 0; read < many / 4 && missed == 0; read += trace.ResponseStream.Current.Events.Count)
            {
                Assert.True(await trace.ResponseStream.MoveNext(Cancellation));
                missed = trace.ResponseStream.Current.Missed;
            }
        }

        return missed;
    }
}
