using System.Buffers.Binary;

namespace Vmm.Host.Control.Spares;

/// <summary>The smallest TD: asks the host to write one byte to the debug exit port, which ends the run with exit code 0.</summary>
internal static class RehearsalGuest
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int PageSize = 4096;
    private const ulong Address = 1 << 20;

    // TDG.VP.VMCALL<Instruction.IO>: GHCI 1.5, 3.9.
    private static ReadOnlySpan<byte> Code =>
    [
        0x31, 0xC0, // xor eax, eax: TDG.VP.VMCALL
        0xB9, 0x00, 0xFC, 0x00, 0x00, // mov ecx, R10 to R15
        0x45, 0x31, 0xD2, // xor r10d, r10d: a call of the GHCI
        0x41, 0xBB, 30, 0x00, 0x00, 0x00, // mov r11d, Instruction.IO
        0x41, 0xBC, 1, 0x00, 0x00, 0x00, // mov r12d, one byte
        0x41, 0xBD, 1, 0x00, 0x00, 0x00, // mov r13d, write
        0x41, 0xBE, 0xF4, 0x00, 0x00, 0x00, // mov r14d, debug exit port
        0x45, 0x31, 0xFF, // xor r15d, r15d: exit code
        0x66, 0x0F, 0x01, 0xCC, // tdcall
        0xF4, // hlt
    ];

    /// <summary>The guest as an ELF64 executable of one segment.</summary>
    internal static byte[] Image()
    {
        byte[] image = new byte[PageSize + Code.Length];
        Span<byte> elf = image;
        ReadOnlySpan<byte> identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]; // 64 bits, little-endian
        identity.CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(elf[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(elf[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[24..], Address); // e_entry
        BinaryPrimitives.WriteUInt64LittleEndian(elf[32..], HeaderSize); // e_phoff
        BinaryPrimitives.WriteUInt16LittleEndian(elf[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[56..], 1);
        Span<byte> segment = elf[HeaderSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5); // R-X
        BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], PageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)Code.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)Code.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], PageSize);
        Code.CopyTo(elf[PageSize..]);
        return image;
    }
}
