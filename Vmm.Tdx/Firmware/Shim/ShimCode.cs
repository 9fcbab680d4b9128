using Iced.Intel;
using Vmm.Core.Boot.LongMode;
using Vmm.Core.Memory;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Tdx.Firmware.Shim;

/// <summary>Assembles the shim's code. It finds its vCPU's index in ESI; what else a TD's registers hold at reset it does not use.</summary>
internal static class ShimCode
{
    private const int Protected = 32;
    private const int Long = 64;

    // Where the operand of LGDT lies, and behind it the 64-bit part, which has the rest of the page up to the reset vector.
    private const ulong GdtOffset = 0x78;
    private const ulong LongOffset = 0x80;

    private static readonly ProcessorState State = ProcessorState.OnTables(rip: 0);

    /// <summary>The page that ends at 4 GiB.</summary>
    internal static byte[] Page { get; } = Assemble();

    private static ulong Gdt => BootShim.Code.Gpa + GdtOffset;

    private static ulong LongStart => BootShim.Code.Gpa + LongOffset;

    private static byte[] Assemble()
    {
        byte[] page = new byte[GuestMemory.PageSize];
        Place(page, BootShim.Code.Gpa, Gdt, Protected, EnterLongMode);
        Place(page, Gdt, LongStart, Protected, DescribeGdt);
        Place(page, LongStart, BootShim.ResetVector, Long, ShimProgram.Write);
        Place(page, BootShim.ResetVector, BootShim.End, Protected, c => c.jmp(BootShim.Code.Gpa));
        return page;
    }

    private static void Place(byte[] page, ulong start, ulong end, int bitness, Action<Assembler> write)
    {
        Assembler assembler = new(bitness);
        write(assembler);
        using MemoryStream code = new();
        assembler.Assemble(new StreamCodeWriter(code), start);
        if (code.Length > (long)(end - start))
        {
            throw new InvalidOperationException($"the shim's code at 0x{start:x} has {code.Length} bytes, too many by {code.Length - (long)(end - start)}");
        }

        code.ToArray().CopyTo(page, (int)(start - BootShim.Code.Gpa));
    }

    // EFER.LME is set in every TD from the start: paging is all that is missing.
    private static void EnterLongMode(Assembler c)
    {
        c.cli();
        c.cld();
        c.mov(eax, (uint)Gdt);
        c.lgdt(__fword_ptr[eax]);
        c.mov(eax, (uint)State.Cr4);
        c.mov(cr4, eax);
        c.mov(eax, (uint)State.Cr3);
        c.mov(cr3, eax);
        c.mov(eax, (uint)State.Cr0);
        c.mov(cr0, eax);
        c.jmp(State.Code.Selector, (uint)LongStart);
    }

    private static void DescribeGdt(Assembler c)
    {
        c.dw(State.GdtLimit);
        c.dd((uint)State.GdtBase);
    }
}
