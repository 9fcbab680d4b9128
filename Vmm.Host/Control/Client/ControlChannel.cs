using System.Net.Sockets;
using Grpc.Net.Client;

namespace Vmm.Host.Control.Client;

/// <summary>Channels to a daemon, or to the process of a machine.</summary>
public static class ControlChannel
{
    /// <summary>Largest message either way, in bytes.</summary>
    public const int MaximumMessage = 4 << 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    /// <summary>Makes a channel; the first call connects.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="tls">Certificates, for TCP.</param>
    public static GrpcChannel To(HostAddress address, TlsFiles tls) =>
        address.Socket is { } path ? ToSocket(path) : Over($"https://{address.Authority}", new SocketsHttpHandler { SslOptions = tls.Load() });

    /// <summary>Makes a channel over a unix socket; the first call connects.</summary>
    public static GrpcChannel ToSocket(string path) =>
        Over("http://localhost", new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation) });

    private static GrpcChannel Over(string address, SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = ConnectTimeout;
        handler.KeepAlivePingDelay = KeepAlive; // a host that vanished must not hold a stream for ever
        handler.UseProxy = false;
        return GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = MaximumMessage, MaxSendMessageSize = MaximumMessage });
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
