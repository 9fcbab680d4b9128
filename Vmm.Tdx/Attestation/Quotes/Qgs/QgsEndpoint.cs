using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vmm.Core.Sockets;

namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>Where a quote generation service listens: <c>unix:/path</c>, <c>vsock:2:4050</c> or <c>tcp:host:port</c>.</summary>
public sealed class QgsEndpoint
{
    /// <summary>What messages offer where an endpoint is none.</summary>
    public const string Forms = "\"unix:/path\", \"vsock:CID:PORT\" or \"tcp:HOST:PORT\"";

    private const string Unix = "unix";
    private const string Vsock = "vsock";
    private const string Tcp = "tcp";

    // sun_path of sockaddr_un, with its NUL.
    private const int LongestPath = 107;

    private readonly Func<Socket> _open;
    private readonly EndPoint _address;

    private QgsEndpoint(string text, Func<Socket> open, EndPoint address) => (Text, _open, _address) = (text, open, address);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an endpoint.</summary>
    /// <returns>Null when it is none.</returns>
    public static QgsEndpoint? TryParse(string text) => text.Split(':') switch
    {
        [Unix, _, ..] when text[(Unix.Length + 1)..] is ['/', ..] and { Length: <= LongestPath } path && !path.Contains('\0') =>
            new QgsEndpoint(text, static () => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path)),
        [Vsock, var cid, var port] when Number(cid) is { } c && Number(port) is { } p => new QgsEndpoint(text, VsockSocket.Create, new VsockEndPoint(c, p)),
        [Tcp, .. var host, var port] when string.Join(':', host).Trim('[', ']') is { Length: > 0 } name && Number(port) is > 0 and <= IPEndPoint.MaxPort and { } p =>
            new QgsEndpoint(text, static () => new Socket(SocketType.Stream, ProtocolType.Tcp), new DnsEndPoint(name, (int)p)),
        _ => null,
    };

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = _open();
        try
        {
            await socket.ConnectAsync(_address, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : null;
}
