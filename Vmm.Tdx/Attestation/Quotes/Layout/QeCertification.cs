using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>The QE's report on its attestation key. 450 bytes; the authentication data and the certification of the PCK follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct QeCertification
{
    /// <summary>The report; REPORTDATA binds the attestation key.</summary>
    public SgxReportBody Report;

    /// <summary>r and s, by the PCK.</summary>
    public Bytes64 Signature;

    /// <summary>Size of the authentication data in bytes.</summary>
    public ushort AuthenticationDataSize;
}
