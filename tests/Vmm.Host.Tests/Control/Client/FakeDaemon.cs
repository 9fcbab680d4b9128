using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Tests.Control.Client;

/// <summary>A daemon with machines that are nothing but records: what clients are tested against.</summary>
internal sealed class FakeDaemon : Machines.MachinesBase, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-fake-");
    private readonly WebApplication _server;

    private FakeDaemon()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Socket, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _server = builder.Build();
        _server.MapGrpcService<FakeDaemon>();
    }

    public string Socket => Path.Combine(_folder.FullName, "s");

    public SortedDictionary<string, Machine> All { get; } = new(StringComparer.Ordinal);

    /// <summary>Every request, in order.</summary>
    public ConcurrentQueue<IMessage> Requests { get; } = new();

    public string Policy { get; private set; } = "{}";

    public static async Task<FakeDaemon> StartAsync()
    {
        FakeDaemon daemon = new();
        await daemon._server.StartAsync();
        return daemon;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public override Task<Machine> Create(CreateRequest request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        Machine machine = new() { Name = request.Name, State = State.Created, Definition = request.Definition, Restart = request.Restart };
        return All.TryAdd(request.Name, machine) ? Task.FromResult(machine) : throw Refusal(StatusCode.AlreadyExists, $"there is a machine named \"{request.Name}\" already");
    }

    public override Task<Machine> Start(StartRequest request, ServerCallContext context) => Switch(request, request.Name, State.Running);

    public override Task<Machine> Pause(PauseRequest request, ServerCallContext context) => Switch(request, request.Name, State.Paused);

    public override Task<Machine> Resume(ResumeRequest request, ServerCallContext context) => Switch(request, request.Name, State.Running);

    public override Task<Machine> Reset(ResetRequest request, ServerCallContext context) => Switch(request, request.Name, State.Running);

    public override Task<Machine> Stop(StopRequest request, ServerCallContext context) => request.Kill
        ? Switch(request, request.Name, State.Ended)
        : throw Refusal(StatusCode.DeadlineExceeded, $"{request.Name}: the guest did not power off within {request.Timeout.Seconds} s");

    public override Task<Machine> Kill(KillRequest request, ServerCallContext context) => Switch(request, request.Name, State.Ended);

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
    {
        _ = Find(request, request.Name);
        All.Remove(request.Name);
        return Task.FromResult(new DeleteResponse());
    }

    public override Task<Machine> Get(GetRequest request, ServerCallContext context) => Task.FromResult(Find(request, request.Name));

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        Requests.Enqueue(request);

        // One machine a page, whatever was asked for: clients have to turn pages.
        Machine[] found = [.. All.Values.Where(machine => string.CompareOrdinal(machine.Name, request.PageToken) > 0 && machine.Name.StartsWith(request.NamePrefix, StringComparison.Ordinal)
            && (request.States.Count == 0 || request.States.Contains(machine.State)))];
        ListResponse response = new() { NextPageToken = found.Length > 1 ? found[0].Name : "" };
        response.Machines.AddRange(found.Take(1));
        return Task.FromResult(response);
    }

    public override Task<Machine> Wait(WaitRequest request, ServerCallContext context) => Task.FromResult(Find(request, request.Name));

    public override async Task Watch(WatchRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        Requests.Enqueue(request);
        await responseStream.WriteAsync(new Event
        {
            Sequence = request.After + 1,
            At = Timestamp.FromDateTime(DateTime.UnixEpoch),
            Machine = "web",
            Kind = Event.Types.Kind.Ended,
            ExitCode = 3,
            Detail = "it was time",
        });
    }

    public override Task<MetricsResponse> Metrics(MetricsRequest request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        return Task.FromResult(new MetricsResponse { Text = $"vmm_exits_total{{machine=\"web\",kind=\"io\"}} {Requests.Count * 1000}\nvmm_guest_memory_bytes{{machine=\"web\"}} 536870912\n" });
    }

    public override Task<PolicyState> GetPolicy(GetPolicyRequest request, ServerCallContext context)
    {
        _ = Find(request, request.Name);
        return Task.FromResult(new PolicyState { Policy = Policy });
    }

    public override Task<PolicyState> SetPolicy(SetPolicyRequest request, ServerCallContext context)
    {
        _ = Find(request, request.Name);
        Policy = request.Policy;
        return Task.FromResult(new PolicyState { Policy = Policy });
    }

    private static RpcException Refusal(StatusCode code, string sentence) => new(new Status(code, sentence));

    private Task<Machine> Switch(IMessage request, string name, State state)
    {
        Machine machine = Find(request, name);
        machine.State = state;
        machine.Exit = state == State.Ended ? new Exit { Code = 137, At = Timestamp.FromDateTime(DateTime.UtcNow) } : machine.Exit;
        return Task.FromResult(machine);
    }

    private Machine Find(IMessage request, string name)
    {
        Requests.Enqueue(request);
        return All.TryGetValue(name, out Machine? machine) ? machine : throw Refusal(StatusCode.NotFound, $"there is no machine named \"{name}\"");
    }
}
