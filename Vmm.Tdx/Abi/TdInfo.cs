using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>TDINFO: identity and measurements of the TD. 512 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct TdInfo
{
    /// <summary>ATTRIBUTES.</summary>
    public TdAttributes Attributes;

    /// <summary>XFAM.</summary>
    public Xfam Xfam;

    /// <summary>MRTD: measurement of what was loaded.</summary>
    public Bytes48 MrTd;

    /// <summary>MRCONFIGID: chosen by who launched the TD.</summary>
    public Bytes48 MrConfigId;

    /// <summary>MROWNER: chosen by who launched the TD.</summary>
    public Bytes48 MrOwner;

    /// <summary>MROWNERCONFIG: chosen by who launched the TD.</summary>
    public Bytes48 MrOwnerConfig;

    /// <summary>RTMR0..RTMR3.</summary>
    public Rtmrs Rtmrs;

    /// <summary>SERVTD_HASH: zero without a service TD.</summary>
    public Bytes48 ServTdHash;

    /// <summary>Zero.</summary>
    public Bytes64 Reserved;
}
