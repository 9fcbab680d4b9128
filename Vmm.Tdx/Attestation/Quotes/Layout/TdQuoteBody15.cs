using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>What a quote says of a TD (TDX 1.5). 648 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct TdQuoteBody15
{
    /// <summary>As in TDX 1.0.</summary>
    public TdQuoteBody Td10;

    /// <summary>TEE_TCB_SVN2: of the module that ran when the report was made.</summary>
    public Bytes16 TeeTcbSvn2;

    /// <summary>MRSERVICETD: hash of the bound service TDs.</summary>
    public Bytes48 MrServiceTd;
}
