using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vmm.Host.Control.Daemon.Services;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Counters over plain HTTP, for Prometheus: nothing else is served there, and the counters there alone.</summary>
/// <param name="metrics">The counters.</param>
internal sealed class MetricsEndpoint(DaemonMetrics metrics)
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private static readonly object Mark = new();

    /// <summary>Marks the connections of an endpoint as those.</summary>
    public static void Only(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Items[Mark] = Mark;
            return next(connection);
        });
    }

    /// <summary>Serves a request if it came over such a connection.</summary>
    public Task ServeAsync(HttpContext http, RequestDelegate others)
    {
        if (http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) != true)
        {
            return others(http);
        }

        if (http.Request.Path != "/metrics" || !HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return AnswerAsync(http);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = ContentType;
        await http.Response.WriteAsync(await metrics.CollectAsync(http.RequestAborted), http.RequestAborted);
    }
}
