using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>Start of a quote's signature data. 134 bytes; the QE's certification follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct QuoteSignature
{
    /// <summary>r and s, over everything before the length of the signature data.</summary>
    public Bytes64 Signature;

    /// <summary>x and y of the attestation key.</summary>
    public Bytes64 AttestationKey;

    /// <summary>What certifies the attestation key.</summary>
    public CertificationHeader Certification;
}
