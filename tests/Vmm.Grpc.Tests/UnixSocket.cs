using System.Net.Sockets;

namespace Vmm.Grpc.Tests;

/// <summary>HTTP over a unix socket.</summary>
internal static class UnixSocket
{
    internal static SocketsHttpHandler Handler(string path) => new() { ConnectCallback = async (_, cancellation) => await ConnectAsync(path, cancellation) };

    internal static async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancellation)
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
