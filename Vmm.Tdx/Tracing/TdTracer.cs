using System.Diagnostics;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Leaves;

namespace Vmm.Tdx.Tracing;

/// <summary>Looks on while the module serves a TD, and hands records to those who have subscribed, now or later.</summary>
public sealed class TdTracer : ITdCallObserver, IVeObserver
{
    private readonly Lock _gate = new();
    private volatile Subscription[] _subscriptions = [];

    /// <summary>Begins to hand records over.</summary>
    /// <param name="sink">Who gets them.</param>
    /// <param name="topics">Which ones.</param>
    /// <returns>Dispose of it to end that; a call that is being served may still come.</returns>
    public IDisposable Subscribe(ITraceSink sink, TraceTopics topics = TraceTopics.All)
    {
        Subscription subscription = new(this, sink, topics);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    /// <inheritdoc/>
    public TdCallResult Observe(TdxModule module, TdVcpu vcpu, ref KvmRegs registers)
    {
        Subscription[] subscriptions = _subscriptions;
        if (subscriptions.Length == 0)
        {
            return module.Call(vcpu, ref registers);
        }

        TraceRecord record = new() { Vcpu = vcpu.Index, Event = TraceEvent.TdCall, Input = registers, Timestamp = Stopwatch.GetTimestamp() };
        TdCallResult result = module.Call(vcpu, ref registers);
        record.Duration = Stopwatch.GetTimestamp() - record.Timestamp;
        record.Output = registers;
        record.Violation = result.Violation;
        Publish(subscriptions, in record);
        return result;
    }

    /// <inheritdoc/>
    public void VeRaised(TdVcpu vcpu, in KvmRegs registers, in VeInfo info)
    {
        Subscription[] subscriptions = _subscriptions;
        if (subscriptions.Length == 0)
        {
            return;
        }

        TraceRecord record = new() { Vcpu = vcpu.Index, Event = TraceEvent.VirtualizationException, Input = registers, Timestamp = Stopwatch.GetTimestamp() };
        VpVeInfoGet.Answer(in info, ref record.Output);
        Publish(subscriptions, in record);
    }

    private static void Publish(Subscription[] subscriptions, in TraceRecord record)
    {
        TraceTopics topic = record.Topic();
        foreach (Subscription subscription in subscriptions)
        {
            if ((subscription.Topics & topic) != 0)
            {
                subscription.Sink.Write(in record);
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }

    private sealed class Subscription(TdTracer tracer, ITraceSink sink, TraceTopics topics) : IDisposable
    {
        public ITraceSink Sink => sink;

        public TraceTopics Topics => topics;

        public void Dispose() => tracer.Remove(this);
    }
}
