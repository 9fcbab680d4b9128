using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vmm.Grpc.Tests;

/// <summary>The service on a socket in a folder of its own.</summary>
public sealed class WireServer : IAsyncLifetime
{
    /// <summary>The largest message that the server takes; clients of the tests take any.</summary>
    internal const int Limit = 5 << 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-wire-");
    private WebApplication? _server;

    internal string Socket => Path.Combine(_folder.FullName, "s");

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(Socket, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        });
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = Limit);
        builder.Services.AddSingleton<WireService>();
        _server = builder.Build();
        _server.MapGrpcService<WireService>();
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    internal GrpcChannel Connect() => GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
    {
        HttpHandler = UnixSocket.Handler(Socket),
        DisposeHttpClient = true,
        MaxReceiveMessageSize = null,
    });
}
