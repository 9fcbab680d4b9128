using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>TLS with certificates on both sides: clients have to have one of an authority that the daemon trusts for this alone.</summary>
internal sealed partial class MutualTls
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // id-kp-clientAuth, RFC 5280, 4.2.1.12
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2Collection _authorities;
    private readonly ILogger _logger;

    /// <summary>Reads the certificates.</summary>
    /// <param name="certificate">PEM file with the daemon's certificate, and those between it and its authority.</param>
    /// <param name="key">PEM file with its private key.</param>
    /// <param name="clientAuthority">PEM file with the authorities of clients.</param>
    /// <param name="logger">Is told who is turned away.</param>
    /// <exception cref="UserErrorException">A file is missing or wrong.</exception>
    public MutualTls(string certificate, string key, string clientAuthority, ILogger logger)
    {
        _logger = logger;
        InputFile.Require(certificate, "certificate");
        InputFile.Require(key, "private key");
        InputFile.Require(clientAuthority, "client authority");
        _own = Read($"{certificate}, {key}", () =>
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificate);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate, key), chain, offline: true);
        });
        _authorities = Read(clientAuthority, () =>
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(clientAuthority);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("no certificate in it");
        });
    }

    /// <summary>Makes an endpoint demand it.</summary>
    public void Require(ListenOptions listen)
    {
        // Around the handshake, which closes the connections that fail it.
        listen.Use(next => async connection =>
        {
            connection.Items[nameof(MutualTls)] = "the TLS handshake did not come to its end";
            await next(connection);
            if (connection.Items.TryGetValue(nameof(MutualTls), out object? why) && why is string reason)
            {
                AccessControl.LogRefused(_logger, connection.RemoteEndPoint?.ToString() ?? "an unknown address", reason);
            }
        });
        listen.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = HandshakePatience, OnConnection = context => ValueTask.FromResult(Options(context.Connection)) });
        listen.Use(next => connection =>
        {
            connection.Items.Remove(nameof(MutualTls));
            return next(connection);
        });
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"{file}: no usable PEM: {e.Message}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Address} is {Subject}")]
    private static partial void LogAccepted(ILogger logger, string? address, string subject);

    private SslServerAuthenticationOptions Options(ConnectionContext connection) => new()
    {
        ServerCertificateContext = _own,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsTrusted(certificate, chain, connection),
    };

    private bool IsTrusted(X509Certificate? certificate, X509Chain? sent, ConnectionContext connection)
    {
        if (certificate is null)
        {
            connection.Items[nameof(MutualTls)] = "no client certificate";
            return false;
        }

        using X509Certificate2 client = new(certificate);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        if (!chain.Build(client))
        {
            string faults = string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
            connection.Items[nameof(MutualTls)] = $"the client certificate of {client.Subject} is not trusted: {faults}";
            return false;
        }

        LogAccepted(_logger, connection.RemoteEndPoint?.ToString(), client.Subject);
        return true;
    }
}
