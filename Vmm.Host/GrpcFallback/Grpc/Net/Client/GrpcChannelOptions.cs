namespace Grpc.Net.Client;

/// <summary>What holds for all calls over a channel.</summary>
public sealed class GrpcChannelOptions
{
    private const int FourMebibytes = 4 << 20;

    /// <summary>Sends the requests; null for a handler of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the handler goes with the channel.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>The largest response, in bytes; null for any.</summary>
    public int? MaxReceiveMessageSize { get; set; } = FourMebibytes;

    /// <summary>The largest request, in bytes; null for any.</summary>
    public int? MaxSendMessageSize { get; set; }
}
