using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>The report of an SGX enclave, such as a QE. 384 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = 384)]
public struct SgxReportBody
{
    /// <summary>CPUSVN.</summary>
    [FieldOffset(0)]
    public Bytes16 CpuSvn;

    /// <summary>MISCSELECT.</summary>
    [FieldOffset(16)]
    public uint MiscSelect;

    /// <summary>ATTRIBUTES.FLAGS.</summary>
    [FieldOffset(48)]
    public SgxAttributes Attributes;

    /// <summary>ATTRIBUTES.XFRM.</summary>
    [FieldOffset(56)]
    public ulong Xfrm;

    /// <summary>MRENCLAVE.</summary>
    [FieldOffset(64)]
    public Bytes32 MrEnclave;

    /// <summary>MRSIGNER.</summary>
    [FieldOffset(128)]
    public Bytes32 MrSigner;

    /// <summary>ISVPRODID.</summary>
    [FieldOffset(256)]
    public ushort IsvProdId;

    /// <summary>ISVSVN.</summary>
    [FieldOffset(258)]
    public ushort IsvSvn;

    /// <summary>REPORTDATA.</summary>
    [FieldOffset(320)]
    public Bytes64 ReportData;
}
