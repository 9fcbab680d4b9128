using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation;

/// <summary>What a TD is known by: the fields that TDINFO begins with, and that quotes have in the same order. 400 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct TdIdentity
{
    /// <summary>ATTRIBUTES.</summary>
    public TdAttributes Attributes;

    /// <summary>XFAM.</summary>
    public Xfam Xfam;

    /// <summary>MRTD.</summary>
    public Bytes48 MrTd;

    /// <summary>MRCONFIGID.</summary>
    public Bytes48 MrConfigId;

    /// <summary>MROWNER.</summary>
    public Bytes48 MrOwner;

    /// <summary>MROWNERCONFIG.</summary>
    public Bytes48 MrOwnerConfig;

    /// <summary>RTMR0..RTMR3.</summary>
    public Rtmrs Rtmrs;

    /// <summary>The identity in a report.</summary>
    public static TdIdentity From(in TdInfo info) =>
        MemoryMarshal.Read<TdIdentity>(MemoryMarshal.AsBytes(new ReadOnlySpan<TdInfo>(in info))[..Unsafe.SizeOf<TdIdentity>()]);
}
