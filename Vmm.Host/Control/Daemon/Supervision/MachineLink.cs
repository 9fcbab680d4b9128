using System.Net.Sockets;
using Grpc.Net.Client;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Calls to the process of one machine, over its control socket. The first call connects.</summary>
internal sealed class MachineLink : IDisposable
{
    private readonly GrpcChannel _channel;

    public MachineLink(string socket)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = (_, cancellation) => ConnectAsync(socket, cancellation),
            EnableMultipleHttp2Connections = true,
        };
        _channel = GrpcChannel.ForAddress("http://machine", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        Machines = new Machines.MachinesClient(_channel);
    }

    /// <summary>The service.</summary>
    public Machines.MachinesClient Machines { get; }

    public void Dispose() => _channel.Dispose();

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
