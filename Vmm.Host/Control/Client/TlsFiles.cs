using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Client;

/// <summary>What a client shows to a daemon on TCP, and what it takes from it: both sides have certificates.</summary>
/// <param name="Certificate">PEM file with the client's certificate.</param>
/// <param name="Key">PEM file with its key; null if it is in the same file.</param>
/// <param name="Authority">PEM file with the certificates that the daemon's must go back to.</param>
public sealed record TlsFiles(string? Certificate, string? Key, string? Authority)
{
    /// <summary>Reads the files.</summary>
    /// <exception cref="UserErrorException">One is missing, or is not what it should be.</exception>
    public SslClientAuthenticationOptions Load()
    {
        if (Certificate is null || Authority is null)
        {
            throw new UserErrorException(ExitCode.Usage, "tcp: needs --tls-cert FILE and --tls-ca FILE (or VMM_TLS_CERT and VMM_TLS_CA), and --tls-key FILE unless the key is with the certificate");
        }

        X509Certificate2 certificate = Read(Certificate, () => X509Certificate2.CreateFromPemFile(Certificate, Key));
        X509Certificate2Collection roots = Read(Authority, () =>
        {
            X509Certificate2Collection found = [];
            found.ImportFromPemFile(Authority);
            return found.Count > 0 ? found : throw new CryptographicException("holds no certificate");
        });
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return new SslClientAuthenticationOptions { ClientCertificates = [certificate], CertificateChainPolicy = policy };
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.NoInput, $"{file}: {e.Message}");
        }
        catch (CryptographicException e)
        {
            throw new UserErrorException(ExitCode.BadData, $"{file}: {e.Message}");
        }
    }
}
