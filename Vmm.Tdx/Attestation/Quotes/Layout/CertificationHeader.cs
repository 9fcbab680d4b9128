using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>What stands before certification data. 6 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct CertificationHeader
{
    /// <summary>Kind of the data.</summary>
    public CertificationType Type;

    /// <summary>Their size in bytes.</summary>
    public uint Size;
}
