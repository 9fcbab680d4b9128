using System.Net.Sockets;
using System.Text;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>Somebody who wants to be told, as a daemon or systemd does.</summary>
internal sealed class TestDatagrams : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    internal TestDatagrams(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    internal string Path { get; }

    internal async Task<string> ReceiveAsync()
    {
        using CancellationTokenSource timeout = new(ControlledVmm.Patience);
        byte[] buffer = new byte[1000];
        return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, timeout.Token));
    }

    public void Dispose() => _socket.Dispose();
}
