using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Events;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>The machines of a daemon: lives and events from here; what goes on inside of one from its process.</summary>
/// <param name="machines">All machines.</param>
/// <param name="journal">Their events.</param>
/// <param name="ledger">Answers to calls that may be repeated.</param>
/// <param name="metrics">Counters.</param>
/// <param name="life">The end of the daemon.</param>
internal sealed class MachinesService(MachineRegistry machines, EventJournal journal, RequestLedger ledger, DaemonMetrics metrics, DaemonLife life) : Machines.MachinesBase
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;

    public override Task<Api.Machine> Create(CreateRequest request, ServerCallContext context) =>
        Once(request.RequestId, request, Api.Machine.Parser, () => Task.FromResult(machines.Create(request).Describe()));

    // What is served once is not given up when its client does: the answer is kept for when it asks again.
    public override Task<Api.Machine> Start(StartRequest request, ServerCallContext context) => Once(
        request.RequestId, request, Api.Machine.Parser, () => machines[request.Name].StartAsync(request.RequestId.Length > 0 ? CancellationToken.None : context.CancellationToken));

    public override Task<Api.Machine> Pause(PauseRequest request, ServerCallContext context) =>
        Change(request.Name, context, (machine, options) => machine.PauseAsync(request, options));

    public override Task<Api.Machine> Resume(ResumeRequest request, ServerCallContext context) =>
        Change(request.Name, context, (machine, options) => machine.ResumeAsync(request, options));

    public override Task<Api.Machine> Reset(ResetRequest request, ServerCallContext context) =>
        Change(request.Name, context, (machine, options) => machine.ResetAsync(request, options));

    public override Task<Api.Machine> Stop(StopRequest request, ServerCallContext context) =>
        Once(request.RequestId, request, Api.Machine.Parser, () => MachineStop.StopAsync(machines[request.Name], request, context));

    public override Task<Api.Machine> Kill(KillRequest request, ServerCallContext context) =>
        Once(request.RequestId, request, Api.Machine.Parser, () => machines[request.Name].KillAsync(context.CancellationToken));

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => Once(request.RequestId, request, DeleteResponse.Parser, async () =>
    {
        await machines.DeleteAsync(request.Name, request.Force, context.CancellationToken);
        return new DeleteResponse();
    });

    public override Task<Api.Machine> Get(GetRequest request, ServerCallContext context) =>
        ReasonedStatus.AnswerAsync(() => Task.FromResult(machines[request.Name].Describe()));

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        int size = request.PageSize == 0 ? DefaultPage : (int)Math.Min(request.PageSize, LargestPage);
        Api.Machine[] found =
        [
            .. machines.All
                .Where(machine => string.CompareOrdinal(machine.Name, request.PageToken) > 0 && machine.Name.StartsWith(request.NamePrefix, StringComparison.Ordinal))
                .Select(machine => machine.Describe())
                .Where(machine => request.States.Count == 0 || request.States.Contains(machine.State))
                .Take(size + 1),
        ];
        ListResponse response = new() { NextPageToken = found.Length > size ? found[size - 1].Name : "" };
        response.Machines.AddRange(found.Take(size));
        return Task.FromResult(response);
    }

    public override Task Watch(WatchRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context) =>
        Last(context, async cancellation =>
        {
            await foreach (Numbered<Event> happened in journal.WatchAsync(request.HasAfter ? request.After : null, cancellation))
            {
                if (request.Name.Length == 0 || happened.Event.Machine == request.Name)
                {
                    await responseStream.WriteAsync(happened.Event, cancellation);
                }
            }
        });

    public override async Task<Api.Machine> Wait(WaitRequest request, ServerCallContext context)
    {
        ManagedMachine machine = await ReasonedStatus.AnswerAsync(() => Task.FromResult(machines[request.Name]));
        await Last(context, cancellation => machine.CurrentRun?.Ended.WaitAsync(cancellation) ?? Task.CompletedTask);
        return machine.Describe();
    }

    public override Task Console(IAsyncStreamReader<ConsoleInput> requestStream, IServerStreamWriter<ConsoleOutput> responseStream, ServerCallContext context) =>
        Last(context, cancellation => ConsolePassage.PassAsync(machines, requestStream, responseStream, context, cancellation));

    public override Task Logs(LogsRequest request, IServerStreamWriter<ConsoleOutput> responseStream, ServerCallContext context) =>
        Last(context, cancellation => LogPassage.PassAsync(machines[request.Name], request, responseStream, context, cancellation));

    public override Task Trace(TraceRequest request, IServerStreamWriter<TraceBatch> responseStream, ServerCallContext context) =>
        Last(context, cancellation =>
            machines[request.Name].StreamAsync(context, responseStream, (process, options) => process.Trace(request, options), cancellation));

    public override Task<MetricsResponse> Metrics(MetricsRequest request, ServerCallContext context) => ReasonedStatus.AnswerAsync(async () => request.Name.Length > 0
        ? await machines[request.Name].CallAsync(context, (machine, options) => machine.MetricsAsync(request, options))
        : new MetricsResponse { Text = await metrics.CollectAsync(context.CancellationToken) });

    public override Task<DeviceList> AttachDevice(AttachDeviceRequest request, ServerCallContext context) =>
        Forward(request.Name, context, (machine, options) => machine.AttachDeviceAsync(request, options));

    public override Task<DeviceList> DetachDevice(DetachDeviceRequest request, ServerCallContext context) =>
        Forward(request.Name, context, (machine, options) => machine.DetachDeviceAsync(request, options));

    public override Task<DeviceList> ListDevices(ListDevicesRequest request, ServerCallContext context) =>
        Forward(request.Name, context, (machine, options) => machine.ListDevicesAsync(request, options));

    public override Task<PolicyState> GetPolicy(GetPolicyRequest request, ServerCallContext context) =>
        Forward(request.Name, context, (machine, options) => machine.GetPolicyAsync(request, options));

    public override Task<PolicyState> SetPolicy(SetPolicyRequest request, ServerCallContext context) =>
        Forward(request.Name, context, (machine, options) => machine.SetPolicyAsync(request, options));

    private Task<TResponse> Once<TResponse>(string id, IMessage request, MessageParser<TResponse> parser, Func<Task<TResponse>> serve)
        where TResponse : IMessage<TResponse> => ReasonedStatus.AnswerAsync(() => ledger.OnceAsync(id, request, parser, serve));

    private Task Last(ServerCallContext context, Func<CancellationToken, Task> serve) => ReasonedStatus.AnswerAsync(() => life.LastAsync(context, serve));

    // Request ids go along: the process knows what it has done already.
    private Task<T> Forward<T>(string name, ServerCallContext context, Func<Machines.MachinesClient, CallOptions, AsyncUnaryCall<T>> call) =>
        ReasonedStatus.AnswerAsync(async () =>
        {
            ManagedMachine machine = machines[name];
            T answer = await machine.CallAsync(context, call);
            machine.Refresh();
            return answer;
        });

    private async Task<Api.Machine> Change(string name, ServerCallContext context, Func<Machines.MachinesClient, CallOptions, AsyncUnaryCall<Api.Machine>> call)
    {
        Api.Machine told = await Forward(name, context, call);
        Api.Machine machine = machines[name].Describe();
        if (machine.State is State.Running or State.Paused)
        {
            // The process knows it first: what it has to say of it may have to wait for a disk that is full.
            (machine.State, machine.Resets) = (told.State, Math.Max(machine.Resets, told.Resets));
        }

        return machine;
    }
}
