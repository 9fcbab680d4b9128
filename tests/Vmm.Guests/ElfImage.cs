using System.Buffers.Binary;

namespace Vmm.Guests;

/// <summary>Wraps flat code into a small ELF64 executable, entered at its start (System V ABI, ELF-64 object file format).</summary>
public static class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int PageSize = 4096;

    /// <summary>Makes the image.</summary>
    /// <param name="code">Code and data.</param>
    /// <param name="address">Where they go, and the entry.</param>
    /// <param name="more">Further segments: where they go, and what is in them.</param>
    public static byte[] Create(byte[] code, ulong address = GuestCode.LoadAddress, params IReadOnlyList<(ulong Address, byte[] Bytes)> more)
    {
        (ulong Address, byte[] Bytes)[] segments = [(address, code), .. more];
        byte[] image = new byte[PageSize + segments.Sum(segment => RoundUp(segment.Bytes.Length))];
        Span<byte> elf = image;
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(elf[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(elf[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[24..], address); // e_entry
        BinaryPrimitives.WriteUInt64LittleEndian(elf[32..], HeaderSize); // e_phoff
        BinaryPrimitives.WriteUInt16LittleEndian(elf[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[56..], (ushort)segments.Length);

        int offset = PageSize;
        for (int i = 0; i < segments.Length; i++)
        {
            WriteSegment(elf[(HeaderSize + (i * ProgramHeaderSize))..], segments[i].Address, offset, segments[i].Bytes.Length);
            segments[i].Bytes.CopyTo(elf[offset..]);
            offset += RoundUp(segments[i].Bytes.Length);
        }

        return image;
    }

    private static void WriteSegment(Span<byte> segment, ulong address, int offset, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 7); // RWX
        BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], PageSize);
    }

    private static int RoundUp(int length) => (length + PageSize - 1) / PageSize * PageSize;
}
