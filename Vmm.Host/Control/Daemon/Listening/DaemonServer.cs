using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Services;
using Vmm.Host.Control.Sockets;
using Vmm.Host.Control.Standard;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>The web host of the daemon: its endpoints, who may connect to them, and the services behind them.</summary>
internal static class DaemonServer
{
    private const int LargestMessage = 4 << 20;
    private const int MostConnections = 1000;
    private const int MostStreamsOfConnection = 200;
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private static readonly Google.Protobuf.Reflection.ServiceDescriptor[] Services = [Machines.Descriptor, Api.Host.Descriptor, Api.Health.Health.Descriptor];

    /// <summary>Builds it; nothing listens yet.</summary>
    /// <param name="options">Where it listens.</param>
    /// <param name="logger">Takes its log.</param>
    /// <param name="register">Registers what the services need.</param>
    /// <exception cref="Host.Errors.UserErrorException">It cannot listen where it should.</exception>
    public static WebApplication Build(ServeOptions options, ILoggerProvider logger, Action<IServiceCollection> register)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "vmm" });
        builder.Logging.ClearProviders().AddProvider(logger);
        builder.Logging.AddFilter("Microsoft", LogLevel.Error).AddFilter("Grpc", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // why it does not start is told by who started it
        ILogger access = LoggerFactory.Create(logging => logging.AddProvider(logger)).CreateLogger("access");
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, access));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint => endpoint is UnixDomainSocketEndPoint unix
            ? UnixListener.Open(unix.ToString()!, unix.ToString() == options.MetricsPath ? null : options.GroupId)
            : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Services.AddRouting();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = LargestMessage);
        register(builder.Services);
        builder.Services.AddSingleton<DaemonMetrics>();
        builder.Services.AddSingleton<MetricsEndpoint>();
        builder.Services.AddSingleton<MachinesService>();
        builder.Services.AddSingleton<HostService>();
        builder.Services.AddSingleton(new ReflectionService(Services));
        builder.Services.AddSingleton(services => new HealthService(Services, Lifetime(services).ApplicationStopping));
        builder.Services.AddSingleton(services => new DaemonLife(Lifetime(services).StopApplication, Lifetime(services).ApplicationStopping));
        return Map(builder.Build());
    }

    private static IHostApplicationLifetime Lifetime(IServiceProvider services) => services.GetRequiredService<IHostApplicationLifetime>();

    private static WebApplication Map(WebApplication server)
    {
        MetricsEndpoint metrics = server.Services.GetRequiredService<MetricsEndpoint>();
        server.Use(next => http => metrics.ServeAsync(http, next));
        server.Use(next => http =>
        {
            if (http.Request.Path.StartsWithSegments(ReflectionService.OldPath, StringComparison.Ordinal, out Microsoft.AspNetCore.Http.PathString method))
            {
                http.Request.Path = ReflectionService.Path + method;
            }

            return next(http);
        });
        server.UseRouting();
        server.MapGrpcService<MachinesService>();
        server.MapGrpcService<HostService>();
        server.MapGrpcService<HealthService>();
        server.MapGrpcService<ReflectionService>();
        return server;
    }

    private static void Listen(KestrelServerOptions kestrel, ServeOptions options, ILogger access)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MostStreamsOfConnection;

        // Streams last, and their readers take their time.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingAfter;
        MutualTls? tls = options.Tls is { } files ? new MutualTls(files.Certificate, files.Key, files.ClientAuthority, access) : null;
        foreach (ListenAddress address in options.Addresses)
        {
            if (address.Path is { } path)
            {
                kestrel.ListenUnixSocket(path, listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.RequirePeer(new PeerRule(UserCalls.EffectiveUser, options.GroupId), access);
                    listen.LetClientsCloseFirst();
                });
            }
            else
            {
                kestrel.Listen(address.Address!, listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    tls!.Require(listen);
                    listen.LetClientsCloseFirst();
                });
            }
        }

        if (options.Metrics is { Path: { } socket })
        {
            kestrel.ListenUnixSocket(socket, MetricsEndpoint.Only);
        }
        else if (options.Metrics is { Address: { } port })
        {
            kestrel.Listen(port, MetricsEndpoint.Only);
        }
    }
}
