using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>TEE_TCB_INFO: identity of the TDX module. 239 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct TeeTcbInfo
{
    /// <summary>Value of <see cref="Valid"/>: the fields up to <see cref="Attributes"/>.</summary>
    public const ulong ValidTdx10 = 0x1FF;

    /// <summary>Value of <see cref="Valid"/>: also <see cref="TeeTcbSvn2"/>.</summary>
    public const ulong ValidTdx15 = 0x301FF;

    /// <summary>Which fields are valid.</summary>
    public ulong Valid;

    /// <summary>TEE_TCB_SVN.</summary>
    public Bytes16 TeeTcbSvn;

    /// <summary>MRSEAM: measurement of the module.</summary>
    public Bytes48 MrSeam;

    /// <summary>MRSIGNERSEAM: zero for a module signed by Intel.</summary>
    public Bytes48 MrSignerSeam;

    /// <summary>SEAM attributes.</summary>
    public ulong Attributes;

    /// <summary>TEE_TCB_SVN2: of the module now running, which an update may have changed.</summary>
    public Bytes16 TeeTcbSvn2;

    /// <summary>Zero.</summary>
    public TeeTcbInfoReserved Reserved;
}
