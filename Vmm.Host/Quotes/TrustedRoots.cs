using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vmm.Host.Errors;

namespace Vmm.Host.Quotes;

/// <summary>Reads the root certificates that a user trusts.</summary>
internal static class TrustedRoots
{
    private const int LargestFile = 1 << 20;

    /// <summary>Reads PEM, with one certificate or more, or DER.</summary>
    /// <exception cref="UserErrorException">It is neither.</exception>
    internal static X509Certificate2Collection Load(string path)
    {
        byte[] bytes = InputFile.ReadAll(path, "root certificate", LargestFile);
        X509Certificate2Collection roots = [];
        try
        {
            // A quote has certificates in it, too: one that is named here by mistake would vouch for itself.
            bool isPem = bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0;
            if (isPem && !bytes.Contains((byte)0))
            {
                roots.ImportFromPem(Encoding.Latin1.GetString(bytes));
            }
            else if (!isPem)
            {
                roots.Add(X509CertificateLoader.LoadCertificate(bytes));
            }
        }
        catch (CryptographicException)
        {
            roots.Clear();
        }

        return roots.Count > 0 ? roots : throw new UserErrorException(ExitCode.BadData, $"{path}: no certificate in PEM or DER");
    }
}
