using System.Buffers.Binary;

namespace Vmm.Guests;

/// <summary>Wraps flat code into the smallest ELF64 executable: one segment, entered at its start (System V ABI, ELF-64 object file format).</summary>
public static class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int PageSize = 4096;

    /// <summary>Makes the image.</summary>
    /// <param name="code">Code and data.</param>
    /// <param name="address">Where they go, and the entry.</param>
    public static byte[] Create(ReadOnlySpan<byte> code, ulong address = GuestCode.LoadAddress)
    {
        byte[] image = new byte[PageSize + code.Length];
        Span<byte> elf = image;
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(elf[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(elf[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[24..], address); // e_entry
        BinaryPrimitives.WriteUInt64LittleEndian(elf[32..], HeaderSize); // e_phoff
        BinaryPrimitives.WriteUInt16LittleEndian(elf[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[56..], 1);

        Span<byte> segment = elf[HeaderSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 7); // RWX
        BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], PageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)code.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)code.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], PageSize);
        code.CopyTo(elf[PageSize..]);
        return image;
    }
}
