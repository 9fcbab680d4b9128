using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves the calls of one method: from HTTP to the handler, and from how that ended to a status.</summary>
/// <param name="invoke">Reads the requests, calls the handler, writes the responses.</param>
/// <param name="options">What holds for all services.</param>
/// <param name="logger">Is told of handlers that fail.</param>
internal sealed partial class ServerCallHandler(Func<HttpServerCallContext, Task> invoke, GrpcServiceOptions options, ILogger logger)
{
    private static readonly Status Failed = new(StatusCode.Unknown, "Exception was thrown by handler.");

    internal async Task HandleAsync(HttpContext http)
    {
        if (!Headers.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status505HttpVersionNotsupported;
            return;
        }

        AllowLongCalls(http);
        http.Response.ContentType = Headers.ContentType;
        HttpServerCallContext? call = null;
        Status status;
        try
        {
            RefuseCompression(http);
            call = new HttpServerCallContext(http);
            await invoke(call);
            status = call.Status;
        }
#pragma warning disable CA1031 // A handler may throw anything; the client gets a status.
        catch (Exception e)
#pragma warning restore CA1031
        {
            status = Explain(e, call, http);
        }

        if (!http.RequestAborted.IsCancellationRequested)
        {
            await EndAsync(http, status, call?.ResponseTrailers ?? []);
        }

        call?.Dispose();
    }

    // Streams last, also when nobody says anything for hours.
    private static void AllowLongCalls(HttpContext http)
    {
        if (http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private static void RefuseCompression(HttpContext http)
    {
        if (http.Request.Headers[Headers.Encoding] is [{ } encoding] && !string.Equals(encoding, Headers.Identity, StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers[Headers.AcceptEncoding] = Headers.Identity;
            throw new RpcException(new Status(StatusCode.Unimplemented, $"the compression \"{encoding}\" is not supported; send \"{Headers.Identity}\""));
        }
    }

    private static async Task EndAsync(HttpContext http, Status status, Metadata trailers)
    {
        // Without a message the status goes with the first headers, and there is nothing after them.
        HttpResponse response = http.Response;
        IHeaderDictionary headers = response.HasStarted ? http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers : response.Headers;
        HttpServerCallContext.Write(trailers, headers);
        headers[Headers.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            headers[Headers.Message] = PercentEncoding.Encode(status.Detail);
        }

        await response.CompleteAsync();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void LogFailure(ILogger logger, string? method, Exception exception);

    private Status Explain(Exception exception, HttpServerCallContext? call, HttpContext http)
    {
        switch (exception)
        {
            case RpcException refusal:
                if (call is not null)
                {
                    foreach (Metadata.Entry entry in refusal.Trailers)
                    {
                        call.ResponseTrailers.Add(entry);
                    }
                }

                return refusal.Status;
            case OperationCanceledException or IOException when call is { IsOverdue: true }:
                return new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded");
            case OperationCanceledException or IOException when http.RequestAborted.IsCancellationRequested:
                return Status.DefaultCancelled;
            default:
                LogFailure(logger, call?.Method, exception);
                return options.EnableDetailedErrors == true ? Failed with { Detail = $"{Failed.Detail} {exception.GetType().Name}: {exception.Message}" } : Failed;
        }
    }
}
