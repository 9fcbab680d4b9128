using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>REPORTMACSTRUCT: the part of a report that its MAC covers. 256 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct ReportMacStruct
{
    /// <summary>Value of <see cref="Type"/> for TDX.</summary>
    public const byte TdxType = 0x81;

    /// <summary><see cref="TdxType"/>.</summary>
    public byte Type;

    /// <summary>Zero.</summary>
    public byte Subtype;

    /// <summary>0: no service TD is bound; 1: <see cref="TdInfo.ServTdHash"/> is in use.</summary>
    public byte Version;

    /// <summary>Zero.</summary>
    public byte Reserved1;

    /// <summary>Zero.</summary>
    public ReportMacReserved Reserved2;

    /// <summary>CPUSVN.</summary>
    public Bytes16 CpuSvn;

    /// <summary>SHA-384 over the 239 bytes of <see cref="TeeTcbInfo"/>.</summary>
    public Bytes48 TeeTcbInfoHash;

    /// <summary>SHA-384 over the 512 bytes of <see cref="TdInfo"/>.</summary>
    public Bytes48 TeeInfoHash;

    /// <summary>What the guest wants attested.</summary>
    public Bytes64 ReportData;

    /// <summary>Zero.</summary>
    public Bytes32 Reserved3;

    /// <summary>HMAC-SHA256 over everything before it, with a key of the platform.</summary>
    public Bytes32 Mac;
}
