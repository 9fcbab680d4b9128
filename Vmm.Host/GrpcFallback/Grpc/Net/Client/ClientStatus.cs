using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>What a response, or the lack of one, says about how a call ended.</summary>
internal static class ClientStatus
{
    // HTTP/2 error codes (RFC 9113, 7) with a meaning of their own for gRPC.
    private const long RefusedStream = 7;
    private const long Cancel = 8;
    private const long EnhanceYourCalm = 11;
    private const long InadequateSecurity = 12;

    /// <summary>The status in the headers of a response.</summary>
    /// <returns>Null when it will come behind the messages.</returns>
    internal static Status? Of(HttpResponseMessage response) => response switch
    {
        _ when Of(response.Headers) is { } status => status,
        { StatusCode: not HttpStatusCode.OK } => new Status(CodeOf(response.StatusCode), $"the server answered with HTTP status {(int)response.StatusCode}"),
        _ when !Headers.IsGrpc(response.Content.Headers.ContentType?.ToString()) => new Status(StatusCode.Unknown, "the server does not answer in gRPC"),
        _ when First(response.Headers, Headers.Encoding) is { } encoding and not Headers.Identity =>
            new Status(StatusCode.Internal, $"the server answers with the compression \"{encoding}\", which was not asked for"),
        _ => null,
    };

    /// <summary>The status in headers or trailers, if there is one.</summary>
    internal static Status? Of(HttpHeaders headers) => Headers.ReadStatus(First(headers, Headers.Status), First(headers, Headers.Message));

    /// <summary>The status that an exception stands for.</summary>
    internal static Status Of(Exception exception, bool isOverdue, bool isCancelled) => exception switch
    {
        RpcException refusal => refusal.Status,
        _ when isOverdue => new Status(StatusCode.DeadlineExceeded, "", exception),
        _ when isCancelled => new Status(StatusCode.Cancelled, "Call canceled by the client.", exception),
        _ when Reset(exception) is { } code => new Status(code, $"the server reset the stream: {exception.Message}", exception),
        HttpRequestException or IOException => new Status(StatusCode.Unavailable, $"Error connecting or talking to the server: {exception.Message}", exception),
        _ => new Status(StatusCode.Internal, exception.Message, exception),
    };

    /// <summary>The metadata in headers or trailers.</summary>
    internal static Metadata Metadata(HttpHeaders headers)
    {
        Metadata metadata = [];
        foreach ((string key, HeaderStringValues values) in headers.NonValidated)
        {
            foreach (string value in values)
            {
                Headers.AddTo(metadata, key, value);
            }
        }

        return metadata;
    }

    private static string? First(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.FirstOrDefault() : null;

    private static StatusCode? Reset(Exception? exception) => exception switch
    {
        null => null,
        HttpProtocolException { ErrorCode: RefusedStream } => StatusCode.Unavailable,
        HttpProtocolException { ErrorCode: Cancel } => StatusCode.Cancelled,
        HttpProtocolException { ErrorCode: EnhanceYourCalm } => StatusCode.ResourceExhausted,
        HttpProtocolException { ErrorCode: InadequateSecurity } => StatusCode.PermissionDenied,
        HttpProtocolException => StatusCode.Internal,
        _ => Reset(exception.InnerException),
    };

    private static StatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
