using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>Start of a quote, version 4 or 5. 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct QuoteHeader
{
    /// <summary>Value of <see cref="AttestationKeyType"/>: ECDSA with P-256 and SHA-256.</summary>
    public const ushort EcdsaP256 = 2;

    /// <summary>Value of <see cref="TeeType"/> for TDX.</summary>
    public const uint Tdx = 0x81;

    /// <summary>4 or 5.</summary>
    public ushort Version;

    /// <summary>What the quote is signed with.</summary>
    public ushort AttestationKeyType;

    /// <summary>What is attested.</summary>
    public uint TeeType;

    /// <summary>Zero.</summary>
    public uint Reserved;

    /// <summary>Who defined the format of the quote.</summary>
    public Bytes16 QeVendorId;

    /// <summary>The QE's own; the first 16 bytes are its id.</summary>
    public Bytes20 UserData;

    /// <summary>Intel's id as the vendor of a QE: the formats here are Intel's, whoever made the quote.</summary>
    public static ReadOnlySpan<byte> IntelQe => [0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07];
}
