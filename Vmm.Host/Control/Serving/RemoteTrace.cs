using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Host.Cli;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Errors;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Control.Serving;

/// <summary>
/// A trace over the API. vCPUs put records into a ring of the call's own and never wait; what finds no room there, because the client does not keep up,
/// is counted.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="output">Where it goes.</param>
/// <param name="call">The call.</param>
internal sealed class RemoteTrace(ControlledRun machine, IServerStreamWriter<TraceBatch> output, ServerCallContext call)
{
    // A message stays well below what a client takes.
    private const int MaxBatch = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly TraceRing _ring = new();

    /// <summary>Serves it, until the run or the client is over.</summary>
    internal async Task ServeAsync(TraceRequest request)
    {
        TdTracer tracer = machine.Tracer ?? throw new ControlException(ControlReason.NotNow, "there is nothing to trace: an ordinary guest makes no TDCALLs, and on TDX hardware they are the processor's own affair");
        using IDisposable subscription = tracer.Subscribe(SinkOf(request), TopicsOf(request.Filter));
        await call.WriteResponseHeadersAsync([]); // from here on every call is seen

        TraceMessages messages = new(machine.Services.GetRequiredService<GpaWidth>());
        bool over;
        do
        {
            over = machine.Run.Ended.IsCompleted; // looked at first: what was recorded before is sent
            TraceBatch batch = new();
            while (batch.Events.Count < MaxBatch && _ring.TryRead(out TraceRecord record))
            {
                batch.Missed += (ulong)record.Lost;
                batch.Events.Add(messages.Of(in record));
            }

            bool drained = batch.Events.Count < MaxBatch;
            if (drained)
            {
                batch.Missed += (ulong)_ring.TakeLost();
            }

            if (batch.Events.Count > 0 || batch.Missed > 0)
            {
                await output.WriteAsync(batch, call.CancellationToken);
            }

            over &= drained;
            if (drained && !over)
            {
                await Task.WhenAny(Task.Delay(Interval, call.CancellationToken), machine.Run.Ended);
            }

            call.CancellationToken.ThrowIfCancellationRequested();
        }
        while (!over);
    }

    private static TraceTopics TopicsOf(string filter)
    {
        try
        {
            return TraceFilter.Parse(filter.Length == 0 ? null : filter, nameof(filter));
        }
        catch (UserErrorException e)
        {
            throw new ControlException(ControlReason.BadArgument, e.Message);
        }
    }

    private ITraceSink SinkOf(TraceRequest request)
    {
        if (request.Vcpus.Count == 0)
        {
            return _ring;
        }

        return request.Vcpus.All(vcpu => vcpu < machine.Run.Config.Cpus)
            ? new VcpuTraceSink(_ring, machine.Run.Config.Cpus, request.Vcpus)
            : throw new ControlException(ControlReason.BadArgument, $"this machine has {machine.Run.Config.Cpus} vCPUs, numbered from 0");
    }
}
