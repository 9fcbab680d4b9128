using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>A way to a server over HTTP/2.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly GrpcChannelOptions _options;
    private readonly HttpMessageInvoker _http;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        Address = address;
        _options = options;
        _http = new HttpMessageInvoker(options.HttpHandler ?? new SocketsHttpHandler(), options.HttpHandler is null || options.DisposeHttpClient);
    }

    internal Uri Address { get; }

    /// <summary>Makes a channel; the first call connects.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Makes a channel; the first call connects.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>Makes a channel; the first call connects.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions) => new(address, channelOptions);

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(_http, Address, _options);

    /// <summary>Gives all calls up.</summary>
    public void Dispose() => _http.Dispose();
}
