using System.Security.Cryptography;

namespace Vmm.Tdx.Attestation.Quotes.Development;

/// <summary>What development quotes are signed with.</summary>
/// <param name="attestationKey">Signs quotes.</param>
/// <param name="pck">Signs the QE's report on the attestation key.</param>
/// <param name="chain">Certificates of the PCK as PEM, leaf first.</param>
public sealed class DevelopmentKeys(ECDsa attestationKey, ECDsa pck, byte[] chain) : IDisposable
{
    /// <summary>Signs quotes.</summary>
    public ECDsa AttestationKey => attestationKey;

    /// <summary>Signs the QE's report.</summary>
    public ECDsa Pck => pck;

    /// <summary>Certificates of the PCK as PEM, leaf first.</summary>
    public byte[] Chain => chain;

    /// <inheritdoc/>
    public void Dispose()
    {
        attestationKey.Dispose();
        pck.Dispose();
    }
}
