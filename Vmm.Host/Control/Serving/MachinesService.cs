using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Events;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Serving;

/// <summary>The service Machines, of the one machine that this process runs.</summary>
/// <param name="machine">The machine.</param>
/// <param name="requests">Calls that must not be carried out twice.</param>
/// <param name="devices">Its devices.</param>
/// <param name="policies">Its policy.</param>
/// <param name="metrics">Its counters.</param>
internal sealed class MachinesService(ControlledRun machine, RequestMemory requests, DeviceChanges devices, PolicyChanges policies, RunMetrics metrics) : Machines.MachinesBase
{
    private const int MaxStreams = 64;

    private readonly StreamQuota _streams = new(MaxStreams);

    private MachineRun Run => machine.Run;

    public override Task<Api.Machine> Get(GetRequest request, ServerCallContext context) => AnswerAsync(request.Name, () => Task.CompletedTask);

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        Api.Machine self = MachineMessages.Of(Run);
        bool wanted = self.Name.StartsWith(request.NamePrefix, StringComparison.Ordinal) && (request.States.Count == 0 || request.States.Contains(self.State));
        ListResponse response = new();
        if (wanted && request.PageToken.Length == 0)
        {
            response.Machines.Add(self);
        }

        return Task.FromResult(response);
    }

    public override Task<Api.Machine> Pause(PauseRequest request, ServerCallContext context) =>
        AnswerAsync(request.Name, () => Run.PauseAsync(context.CancellationToken));

    public override Task<Api.Machine> Resume(ResumeRequest request, ServerCallContext context) =>
        AnswerAsync(request.Name, () => Run.ResumeAsync(context.CancellationToken));

    public override Task<Api.Machine> Reset(ResetRequest request, ServerCallContext context) =>
        OnceAsync(request.Name, request.RequestId, request, Run.ResetAsync, context);

    public override Task<Api.Machine> Stop(StopRequest request, ServerCallContext context) =>
        OnceAsync(request.Name, request.RequestId, request, cancellation => RunEnding.StopAsync(Run, request, cancellation), context);

    public override Task<Api.Machine> Kill(KillRequest request, ServerCallContext context) =>
        OnceAsync(request.Name, request.RequestId, request, cancellation => RunEnding.KillAsync(Run, cancellation), context);

    public override Task<Api.Machine> Wait(WaitRequest request, ServerCallContext context) =>
        AnswerAsync(request.Name, () => Run.Ended.WaitAsync(context.CancellationToken));

    public override Task Watch(WatchRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context) => StreamAsync(request.Name, async () =>
    {
        ulong? after = request.HasAfter ? request.After : null;
        IAsyncEnumerable<Numbered<RunEvent>> events = Run.Events.WatchAsync(after, context.CancellationToken);
        await context.WriteResponseHeadersAsync([]); // from here on nothing is missed, and the client may know
        await foreach (Numbered<RunEvent> one in events)
        {
            await responseStream.WriteAsync(MachineMessages.Of(Run.Config.Name, one));
        }
    });

    public override Task Console(IAsyncStreamReader<ConsoleInput> requestStream, IServerStreamWriter<ConsoleOutput> responseStream, ServerCallContext context) =>
        ReasonedStatus.AnswerAsync(async () =>
        {
            if (!await requestStream.MoveNext(context.CancellationToken))
            {
                throw new ControlException(ControlReason.BadArgument, "the first message names the machine, and there was none");
            }

            ConsoleInput first = requestStream.Current;
            CheckName(first.Name);
            using IDisposable place = _streams.Enter();
            await new RemoteConsole(machine, responseStream, context).ServeAsync(first, requestStream);
        });

    public override Task Logs(LogsRequest request, IServerStreamWriter<ConsoleOutput> responseStream, ServerCallContext context) =>
        StreamAsync(request.Name, () => new ConsoleReplay(machine, responseStream, context).ServeAsync(request));

    public override Task Trace(TraceRequest request, IServerStreamWriter<TraceBatch> responseStream, ServerCallContext context) =>
        StreamAsync(request.Name, () => new RemoteTrace(machine, responseStream, context).ServeAsync(request));

    public override Task<MetricsResponse> Metrics(MetricsRequest request, ServerCallContext context) => ReasonedStatus.AnswerAsync(() =>
    {
        CheckName(request.Name);
        return Task.FromResult(new MetricsResponse { Text = metrics.Collect() });
    });

    public override Task<DeviceList> ListDevices(ListDevicesRequest request, ServerCallContext context) => ReasonedStatus.AnswerAsync(() =>
    {
        CheckName(request.Name);
        return Task.FromResult(devices.List());
    });

    public override Task<DeviceList> AttachDevice(AttachDeviceRequest request, ServerCallContext context) => OnceAsync(
        request.Name,
        request.RequestId,
        request,
        async cancellation =>
        {
            await devices.AttachAsync(request.Device, cancellation);
            return devices.List();
        },
        context);

    public override Task<DeviceList> DetachDevice(DetachDeviceRequest request, ServerCallContext context) => OnceAsync(
        request.Name,
        request.RequestId,
        request,
        async cancellation =>
        {
            await devices.DetachAsync(request.Device, cancellation);
            return devices.List();
        },
        context);

    public override Task<PolicyState> GetPolicy(GetPolicyRequest request, ServerCallContext context) => ReasonedStatus.AnswerAsync(() =>
    {
        CheckName(request.Name);
        return Task.FromResult(policies.State());
    });

    public override Task<PolicyState> SetPolicy(SetPolicyRequest request, ServerCallContext context) => ReasonedStatus.AnswerAsync(async () =>
    {
        CheckName(request.Name);
        await policies.SetAsync(request.Policy, context.CancellationToken);
        return policies.State();
    });

    public override Task<Api.Machine> Create(CreateRequest request, ServerCallContext context) => throw DaemonOnly();

    public override Task<Api.Machine> Start(StartRequest request, ServerCallContext context) => throw DaemonOnly();

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => throw DaemonOnly();

    private static RpcException DaemonOnly() =>
        new ControlException(ControlReason.DaemonOnly, "this is the process of one machine; only a daemon (vmm serve) makes, starts and deletes machines").ToRpc();

    private Task<Api.Machine> AnswerAsync(string name, Func<Task> serve) => ReasonedStatus.AnswerAsync(async () =>
    {
        CheckName(name);
        await serve();
        return MachineMessages.Of(Run);
    });

    private Task<Api.Machine> OnceAsync(string name, string id, IMessage request, Func<CancellationToken, Task> serve, ServerCallContext context) => OnceAsync(
        name,
        id,
        request,
        async cancellation =>
        {
            await serve(cancellation);
            return MachineMessages.Of(Run);
        },
        context);

    private Task<T> OnceAsync<T>(string name, string id, IMessage request, Func<CancellationToken, Task<T>> serve, ServerCallContext context)
        where T : class => ReasonedStatus.AnswerAsync(() =>
        {
            CheckName(name);
            return requests.OnceAsync(id, request, serve, context.CancellationToken);
        });

    private Task StreamAsync(string name, Func<Task> serve) => ReasonedStatus.AnswerAsync(async () =>
    {
        CheckName(name);
        using IDisposable place = _streams.Enter();
        await serve();
    });

    private void CheckName(string name)
    {
        if (name.Length > 0 && name != Run.Config.Name)
        {
            throw new ControlException(ControlReason.NoSuchMachine, $"there is no machine \"{name}\" here; this is the process of \"{Run.Config.Name}\"");
        }
    }
}
