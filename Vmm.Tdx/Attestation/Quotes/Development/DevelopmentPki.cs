using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vmm.Tdx.Attestation.Quotes.Development;

/// <summary>A PKI of the shape of Intel's – root, platform CA, PCK – that says in every name that it is not Intel's.</summary>
/// <remarks>The keys of root and platform CA are forgotten once the PCK is certified: nobody can make further certificates under this root.</remarks>
internal static class DevelopmentPki
{
    private const string Root = "CN=VMM DEVELOPMENT ROOT - NOT INTEL, O=VMM DEVELOPMENT - NO CONFIDENTIALITY";
    private const string PlatformCa = "CN=VMM DEVELOPMENT PLATFORM CA - NOT INTEL, O=VMM DEVELOPMENT - NO CONFIDENTIALITY";
    private const string PckName = "CN=VMM DEVELOPMENT PCK - NOT INTEL, O=VMM DEVELOPMENT - NO CONFIDENTIALITY";
    private const int Years = 20;
    private const int SerialSize = 16;

    /// <summary>Makes a PKI.</summary>
    /// <param name="now">From when it is valid; a day earlier, for guests and verifiers whose clocks are behind.</param>
    /// <returns>The key of the PCK, the chain as PEM with the leaf first, and the root.</returns>
    internal static (ECDsa Pck, string Chain, string Root) Create(DateTimeOffset now)
    {
        DateTimeOffset from = now.AddDays(-1);
        DateTimeOffset until = now.AddYears(Years);
        using ECDsa rootKey = NewKey();
        using X509Certificate2 root = Request(Root, rootKey, authority: true).CreateSelfSigned(from, until);
        using ECDsa caKey = NewKey();
        using X509Certificate2 ca = Request(PlatformCa, caKey, authority: true).Create(root, from, until, RandomNumberGenerator.GetBytes(SerialSize));
        using X509Certificate2 caWithKey = ca.CopyWithPrivateKey(caKey);
        ECDsa pck = NewKey();
        using X509Certificate2 leaf = Request(PckName, pck, authority: false).Create(caWithKey, from, until, RandomNumberGenerator.GetBytes(SerialSize));
        string rootPem = root.ExportCertificatePem();
        return (pck, $"{leaf.ExportCertificatePem()}\n{ca.ExportCertificatePem()}\n{rootPem}\n", rootPem);
    }

    internal static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest Request(string name, ECDsa key, bool authority)
    {
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(authority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
