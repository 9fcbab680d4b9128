using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>The certificates in a quote.</summary>
public sealed class PckChain : IDisposable
{
    private readonly X509Certificate2Collection _certificates;

    private PckChain(X509Certificate2Collection certificates) => _certificates = certificates;

    /// <summary>The PCK certificate.</summary>
    public X509Certificate2 Leaf => _certificates[0];

    /// <summary>All but the leaf.</summary>
    public X509Certificate2Collection Issuers => [.. _certificates.Skip(1)];

    /// <summary>All, leaf first.</summary>
    public IEnumerable<X509Certificate2> All => _certificates;

    /// <summary>Reads PEM.</summary>
    /// <returns>Null when it cannot be read or is empty.</returns>
    public static PckChain? TryParse(ReadOnlySpan<byte> pem)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            // Intel's chains end with a NUL.
            certificates.ImportFromPem(Encoding.Latin1.GetString(pem).TrimEnd('\0'));
        }
        catch (Exception e) when (IsUnusable(e))
        {
            certificates.Clear();
        }

        return certificates.Count > 0 ? new PckChain(certificates) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _certificates)
        {
            certificate.Dispose();
        }
    }

    // What the framework says of certificates and keys that are damaged, or of an algorithm that it does not know.
    internal static bool IsUnusable(Exception e) => e is CryptographicException or ArgumentException or NotSupportedException;
}
