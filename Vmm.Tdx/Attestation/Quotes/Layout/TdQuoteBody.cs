using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>What a quote says of a TD (TDX 1.0). 584 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct TdQuoteBody
{
    /// <summary>TEE_TCB_SVN.</summary>
    public Bytes16 TeeTcbSvn;

    /// <summary>MRSEAM.</summary>
    public Bytes48 MrSeam;

    /// <summary>MRSIGNERSEAM.</summary>
    public Bytes48 MrSignerSeam;

    /// <summary>SEAM attributes.</summary>
    public ulong SeamAttributes;

    /// <summary>The TD.</summary>
    public TdIdentity Td;

    /// <summary>What the guest wanted attested.</summary>
    public Bytes64 ReportData;
}
