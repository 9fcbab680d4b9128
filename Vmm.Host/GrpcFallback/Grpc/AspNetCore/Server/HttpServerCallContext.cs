using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server;

/// <summary>A call over HTTP/2.</summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    // What a timer takes. A longer deadline is none.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly CancellationTokenSource _end;
    private Metadata? _requestHeaders;

    /// <summary>Begins a call.</summary>
    /// <exception cref="RpcException">Its headers are not what they should be.</exception>
    internal HttpServerCallContext(HttpContext http)
    {
        Http = http;
        if (http.Request.Headers[GrpcTimeout.Header] is [{ } text])
        {
            Deadline = GrpcTimeout.TryParse(text, out TimeSpan timeout)
                ? timeout < Longest ? DateTime.UtcNow + timeout : DateTime.MaxValue
                : throw new RpcException(new Status(StatusCode.Internal, $"\"{text}\" is no timeout"));
        }

        _end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        if (Deadline < DateTime.MaxValue)
        {
            TimeSpan left = Deadline - DateTime.UtcNow;
            _end.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    public override string Method => Http.Request.Path.Value ?? "";

    public override string Host => Http.Request.Host.Value ?? "";

    public override string Peer => Http.Connection.RemoteIpAddress is { } address
        ? string.Create(CultureInfo.InvariantCulture, $"{(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? $"ipv4:{address}" : $"ipv6:[{address}]")}:{Http.Connection.RemotePort}")
        : "unix:";

    public override DateTime Deadline { get; } = DateTime.MaxValue;

    public override Metadata RequestHeaders => _requestHeaders ??= Read(Http.Request.Headers);

    public override CancellationToken CancellationToken => _end.Token;

    public override Metadata ResponseTrailers { get; } = [];

    public override Status Status { get; set; } = Status.DefaultSuccess;

    internal HttpContext Http { get; }

    // Not a look at the clock: the timer may be a little early.
    internal bool IsOverdue => Deadline < DateTime.MaxValue && _end.IsCancellationRequested && !Http.RequestAborted.IsCancellationRequested;

    public override async Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        Write(responseHeaders, Http.Response.Headers);
        await Http.Response.BodyWriter.FlushAsync(CancellationToken);
    }

    public void Dispose() => _end.Dispose();

    internal static void Write(Metadata metadata, IHeaderDictionary headers)
    {
        foreach (Metadata.Entry entry in metadata)
        {
            headers.Append(entry.Key, Headers.ValueOf(entry));
        }
    }

    private static Metadata Read(IHeaderDictionary headers)
    {
        Metadata metadata = [];
        foreach ((string key, StringValues values) in headers)
        {
            foreach (string? value in values)
            {
                Headers.AddTo(metadata, key, value ?? "");
            }
        }

        return metadata;
    }
}
