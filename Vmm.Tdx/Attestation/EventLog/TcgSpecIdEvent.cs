using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>TCG_EfiSpecIDEvent: which format and which digests the log has.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TcgSpecIdEvent
{
    /// <summary>TPM_ALG_SHA384.</summary>
    public const ushort Sha384 = 0x000C;

    public Bytes16 Signature;
    public uint PlatformClass;
    public byte VersionMinor;
    public byte VersionMajor;
    public byte Errata;

    /// <summary>Size of UINTN in units of 4 bytes.</summary>
    public byte UintnSize;
    public uint AlgorithmCount;
    public ushort AlgorithmId;
    public ushort DigestSize;
    public byte VendorInfoSize;

    /// <summary>The crypto-agile log of specification version 2.0, errata 105, for a 64-bit client platform.</summary>
    public static TcgSpecIdEvent Create()
    {
        TcgSpecIdEvent spec = new()
        {
            VersionMajor = 2,
            Errata = 105,
            UintnSize = sizeof(ulong) / sizeof(uint),
            AlgorithmCount = 1,
            AlgorithmId = Sha384,
            DigestSize = SHA384.HashSizeInBytes,
        };
        "Spec ID Event03"u8.CopyTo(spec.Signature);
        return spec;
    }
}
