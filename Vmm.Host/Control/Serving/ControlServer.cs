using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Sockets;
using Vmm.Host.Control.Standard;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Vmm.Host.Control.Serving;

/// <summary>Serves the control API of one machine on a socket that listens already.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    // A daemon, and people with a terminal each.
    private const int MaxConnections = 64;
    private const int MaxCallsPerConnection = 256;
    private const int MaxMessageSize = 4 << 20;

    // Those who wait for the end of the run have their answer in moments; who does not take it holds the process up no longer.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private static readonly ServiceDescriptor[] Services = [Machines.Descriptor, Api.Host.Descriptor, Api.Health.Health.Descriptor];

    private readonly WebApplication _application;

    private ControlServer(WebApplication application) => _application = application;

    /// <summary>Starts to serve.</summary>
    /// <param name="listening">The socket; it stays the caller's.</param>
    /// <param name="machine">The machine.</param>
    internal static async Task<IAsyncDisposable?> StartAsync(nint listening, ControlledRun machine)
    {
        // Empty: no configuration files, no environment variables, no watchers, no logging.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxCallsPerConnection;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenHandle((ulong)listening, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.LetClientsCloseFirst();
            });
        });
        builder.Services.AddRouting();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxMessageSize;
            options.MaxSendMessageSize = MaxMessageSize;
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(machine);
        builder.Services.AddSingleton<RequestMemory>();
        builder.Services.AddSingleton<DeviceChanges>();
        builder.Services.AddSingleton<PolicyChanges>();
        builder.Services.AddSingleton<RunMetrics>();
        builder.Services.AddSingleton<MachinesService>();
        builder.Services.AddSingleton<HostService>();
        builder.Services.AddSingleton(new ReflectionService(Services));
        builder.Services.AddSingleton(services => new HealthService(Services, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Farewell);
        WebApplication application = builder.Build();
        application.UseRouting();
        application.MapGrpcService<MachinesService>();
        application.MapGrpcService<HostService>();
        application.MapGrpcService<HealthService>();
        application.MapGrpcService<ReflectionService>();
        await application.StartAsync();
        return new ControlServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
