using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>What a TDX module hashes into MRTD when a page is added or a chunk is measured. 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct ExtensionBuffer
{
    /// <summary>Bytes of content that one TDH.MR.EXTEND measures.</summary>
    public const int ChunkSize = 256;

    /// <summary>ASCII name of the operation, padded with zeros.</summary>
    public Bytes16 Operation;

    /// <summary>Address of the page or chunk, without the shared bit.</summary>
    public ulong Gpa;

    /// <summary>Zero.</summary>
    public ExtensionBufferPadding Reserved;

    /// <summary>TDH.MEM.PAGE.ADD.</summary>
    public static ExtensionBuffer PageAdd => Of("MEM.PAGE.ADD"u8);

    /// <summary>TDH.MR.EXTEND; the chunk's bytes follow it in the stream.</summary>
    public static ExtensionBuffer MrExtend => Of("MR.EXTEND"u8);

    private static ExtensionBuffer Of(ReadOnlySpan<byte> operation)
    {
        ExtensionBuffer buffer = default;
        operation.CopyTo(buffer.Operation);
        return buffer;
    }
}
