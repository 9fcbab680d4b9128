namespace Grpc.AspNetCore.Server;

/// <summary>What holds for all services.</summary>
public sealed class GrpcServiceOptions
{
    private const int FourMebibytes = 4 << 20;

    /// <summary>The largest request, in bytes; null for any.</summary>
    public int? MaxReceiveMessageSize { get; set; } = FourMebibytes;

    /// <summary>The largest response, in bytes; null for any.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether clients are told the message of an exception in a handler.</summary>
    public bool? EnableDetailedErrors { get; set; }
}
