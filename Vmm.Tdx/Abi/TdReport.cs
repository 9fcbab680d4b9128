using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>TDREPORT: what TDG.MR.REPORT makes. 1024 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct TdReport
{
    /// <summary>Hashes of the other two parts, the guest's data, and the MAC over them.</summary>
    public ReportMacStruct Mac;

    /// <summary>The TDX module's identity.</summary>
    public TeeTcbInfo TcbInfo;

    /// <summary>Zero.</summary>
    public TeeTcbInfoPadding Reserved;

    /// <summary>The TD's identity and measurements.</summary>
    public TdInfo TdInfo;
}
