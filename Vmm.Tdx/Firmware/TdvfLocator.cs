using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Firmware;

/// <summary>Finds the TDVF metadata in a firmware image.</summary>
internal static class TdvfLocator
{
    // OVMF: the table of GUIDed entries ends 0x20 bytes before the end of the image, its own entry last. Where there is none, the word at the
    // same place is an offset (td-shim).
    private const int TableEnd = 0x20;

    private static readonly Guid TableFooter = new("96b582de-1fb2-45f7-baea-a366c55a082d");
    private static readonly Guid MetadataOffset = new("e47a6535-984a-4798-865e-4685a7bf8ec2");

    private static readonly int GuidSize = Unsafe.SizeOf<Guid>();

    /// <summary>An entry ends with its length, which counts all of it, and its GUID.</summary>
    private static readonly int EntryTail = sizeof(ushort) + GuidSize;

    /// <summary>The offset of the descriptor, not yet checked.</summary>
    internal static long Find(ReadOnlySpan<byte> image)
    {
        if (image.Length < TableEnd + EntryTail)
        {
            throw new TdvfException($"{image.Length} bytes are too few for a firmware image");
        }

        ReadOnlySpan<byte> upToTable = image[..^TableEnd];
        return new Guid(upToTable[^GuidSize..]) == TableFooter
            ? image.Length - DistanceFromEnd(upToTable)
            : BinaryPrimitives.ReadUInt32LittleEndian(image[^TableEnd..]);
    }

    private static uint DistanceFromEnd(ReadOnlySpan<byte> upToTable)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(upToTable[^EntryTail..]);
        if (length < EntryTail || length > upToTable.Length)
        {
            throw new TdvfException($"its table of GUIDs claims {length} bytes");
        }

        ReadOnlySpan<byte> table = upToTable[^length..^EntryTail];
        while (table.Length >= EntryTail)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(table[^EntryTail..]);
            if (size < EntryTail || size > table.Length)
            {
                break;
            }

            if (new Guid(table[^GuidSize..]) == MetadataOffset && size >= EntryTail + sizeof(uint))
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(table[^(EntryTail + sizeof(uint))..]);
            }

            table = table[..^size];
        }

        throw new TdvfException("its table of GUIDs names no TDX metadata: it is firmware for other guests");
    }
}
