using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Vmm.Core.Testing;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Listening;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Who gets in, and who does not.</summary>
public sealed class AccessTests : IAsyncDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly List<DaemonUnderTest> _daemons = [];
    private readonly TestAuthority _authority = new("clients");

    public async ValueTask DisposeAsync()
    {
        foreach (DaemonUnderTest daemon in _daemons)
        {
            await daemon.DisposeAsync();
        }

        _authority.Dispose();
    }

    [Fact]
    public async Task UnixSocket_InItsPlace_IsForItsOwnerAlone()
    {
        DaemonUnderTest daemon = await StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(daemon.Socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(daemon.RuntimePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(daemon.StatePath));
    }

    [Fact]
    public async Task UnixSocket_AnotherUser_GetsNothingAndIsNamed()
    {
        Assert.SkipUnless(UserCalls.EffectiveUser == 0, "only root can be another user");
        DaemonUnderTest daemon = await StartAsync();
        Open(daemon);

        using Socket socket = OtherUser.Connect(daemon.Socket, OtherUser.Nobody, group: OtherUser.Nobody);

        Assert.Empty(await ReadToEndAsync(socket));
        await Eventually.True(() => daemon.Log.Contains($"refused user {OtherUser.Nobody}, process {Environment.ProcessId}", StringComparison.Ordinal));
        Assert.Equal("daemon", (await daemon.Host.VersionAsync(new VersionRequest())).Role);
    }

    [Theory]
    [InlineData(4711, true)]
    [InlineData(4712, false)]
    public async Task UnixSocket_MemberOfTheGroup_IsLetIn(uint groupOfPeer, bool isLetIn)
    {
        Assert.SkipUnless(UserCalls.EffectiveUser == 0, "only root can be another user");
        const uint Group = 4711;
        DaemonUnderTest daemon = await StartAsync((_, options) => options with { GroupId = Group });
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(daemon.Socket));
        Open(daemon);

        using Socket socket = OtherUser.Connect(daemon.Socket, OtherUser.Nobody, groupOfPeer);

        Assert.Equal(isLetIn, await IsAnsweredAsync(socket));
    }

    [Fact]
    public async Task Tcp_ClientWithACertificate_IsServedAndNamed()
    {
        (DaemonUnderTest daemon, int port) = await StartTlsAsync();
        using X509Certificate2 alice = _authority.Issue("alice", ClientAuthentication);

        using GrpcChannel channel = Tls(port, alice);

        Assert.Equal("daemon", (await new Vmm.Host.Control.Api.Host.HostClient(channel).VersionAsync(new VersionRequest())).Role);
        Assert.Contains("is CN=alice", daemon.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "no client certificate")]
    [InlineData("foreign", "CN=mallory is not trusted")]
    [InlineData("server", "CN=mallory is not trusted")]
    [InlineData("expired", "CN=mallory is not trusted")]
    [InlineData("self", "CN=mallory is not trusted")]
    public async Task Tcp_ClientWithoutAGoodCertificate_GetsNothingAndIsNamed(string kind, string why)
    {
        (DaemonUnderTest daemon, int port) = await StartTlsAsync();
        using TestAuthority foreign = new("clients");
        using X509Certificate2? certificate = kind switch
        {
            "foreign" => foreign.Issue("mallory", ClientAuthentication),
            "server" => _authority.Issue("mallory", ServerAuthentication),
            "expired" => _authority.Issue("mallory", ClientAuthentication, DateTimeOffset.UtcNow.AddDays(-1)),
            "self" => TestAuthority.SelfSigned("mallory"),
            _ => null,
        };

        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        int received = await GreetAsync(tcp, certificate);

        Assert.Equal(0, received);
        await Eventually.True(() => daemon.Log.Contains("refused 127.0.0.1:", StringComparison.Ordinal) && daemon.Log.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tcp_WithoutTls_GetsNothingAndIsNamed()
    {
        (DaemonUnderTest daemon, int port) = await StartTlsAsync();
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, port);

        await tcp.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());

        Assert.Equal(0, await ReadOrResetAsync(tcp.GetStream()));
        await Eventually.True(() => daemon.Log.Contains("the TLS handshake did not come to its end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_ManyRefusals_AreCountedInsteadOfWritten()
    {
        Assert.SkipUnless(UserCalls.EffectiveUser == 0, "only root can be another user");
        DaemonUnderTest daemon = await StartAsync();
        Open(daemon);

        for (int i = 0; i < 1000; i++)
        {
            using Socket socket = OtherUser.Connect(daemon.Socket, OtherUser.Nobody, OtherUser.Nobody);
        }

        Assert.InRange(daemon.Log.Split('\n').Length, 1, 900);
        Assert.Equal("daemon", (await daemon.Host.VersionAsync(new VersionRequest())).Role);
    }

    // The file's rights would be enough; here the daemon itself has to see who it is.
    private static void Open(DaemonUnderTest daemon)
    {
        const UnixFileMode All = (UnixFileMode)0x1FF;
        File.SetUnixFileMode(daemon.TestFolder, All);
        File.SetUnixFileMode(daemon.RuntimePath, All);
        File.SetUnixFileMode(daemon.Socket, All);
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using MemoryStream received = new();
        byte[] some;
        while ((some = await ReadSomeAsync(socket)).Length > 0)
        {
            received.Write(some);
        }

        return received.ToArray();
    }

    private static async Task<bool> IsAnsweredAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
            return (await ReadSomeAsync(socket)).Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<byte[]> ReadSomeAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        try
        {
            return buffer[..await socket.ReceiveAsync(buffer)];
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return [];
        }
    }

    private static async Task<int> GreetAsync(TcpClient tcp, X509Certificate2? certificate)
    {
        await using SslStream tls = new(tcp.GetStream(), leaveInnerStreamOpen: false, IsTheDaemon);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "daemon",
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
            });
            await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
            return await ReadOrResetAsync(tls);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return 0;
        }
    }

    private static async Task<int> ReadOrResetAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1024]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // Its authority is in no store of this host.
    private static bool IsTheDaemon(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is { Subject: "CN=daemon", Issuer: "CN=servers" };

    private static GrpcChannel Tls(int port, X509Certificate2 certificate) => GrpcChannel.ForAddress(
        string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}"),
        new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
                    RemoteCertificateValidationCallback = IsTheDaemon,
                },
            },
        });

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<DaemonUnderTest> StartAsync(Func<DaemonUnderTest, ServeOptions, ServeOptions>? configure = null)
    {
        DaemonUnderTest daemon = await DaemonUnderTest.StartedAsync(configure);
        _daemons.Add(daemon);
        return daemon;
    }

    private async Task<(DaemonUnderTest Daemon, int Port)> StartTlsAsync()
    {
        int port = FreePort();
        DaemonUnderTest daemon = await StartAsync((under, options) =>
        {
            using TestAuthority servers = new("servers");
            using X509Certificate2 server = servers.Issue("daemon", ServerAuthentication);
            string Write(string name, string pem)
            {
                string file = Path.Combine(under.TestFolder, name);
                File.WriteAllText(file, pem);
                return file;
            }

            return options with
            {
                Addresses = [.. options.Addresses, new ListenAddress(Path: null, new IPEndPoint(IPAddress.Loopback, port))],
                Tls = new TlsFiles(
                    Write("server.pem", server.ExportCertificatePem()),
                    Write("server.key", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
                    Write("clients.pem", _authority.Certificate.ExportCertificatePem())),
            };
        });
        return (daemon, port);
    }
}
