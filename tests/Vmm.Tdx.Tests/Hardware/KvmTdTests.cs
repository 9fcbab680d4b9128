using System.Buffers.Binary;
using Iced.Intel;
using Vmm.Core.Machine;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.TdxModel.Hardware.OnKvm;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>The backend with a TD that runs its own code, from the reset vector on: the model executes it on this machine's KVM.</summary>
[BeginsUnpaged]
public sealed class KvmTdTests
{
    private const int PageSize = 4096;
    private const ulong Tables = 0x2000;
    private const ulong Window = 1UL << 30; // linear address of the shared half
    private const ulong Page = 0x10_0000;
    private const uint LongModeOffset = 0x100;
    private const int GdtOffset = 0xE00;
    private const int GdtrOffset = 0xF00;

    [KvmFact]
    public void Guest_CallsConvertsAndFaults_GoesOnToItsEnd()
    {
        using HardwareTd td = new(hardware: () => new KvmTd());
        td.Get<TestLaunch>().Pages.AddRange(Firmware(Body));
        MachineOutcome outcome = td.Run();

        Assert.Equal("triple fault on vCPU 0", outcome.Message);
        Assert.Equal([0x5A, 0x77, 0x00, 0x00], td.Device.Written); // then: what it wrote to the shared page, the status of the acceptance, what it read at last
        Assert.Equal(3, td.Get<Vmm.Tdx.Hardware.Memory.TdxMemory>().ConvertedPages);
        Assert.Empty(td.Leaks());
    }

    private static void Body(Assembler c)
    {
        ulong shared = Page | HardwareTd.Width.SharedBit;
        Call(c, 0x10001, shared, PageSize);
        c.mov(rax, Window + Page);
        c.mov(__byte_ptr[rax], 0x77);
        c.movzx(ebp, __byte_ptr[rax]);
        c.shl(ebp, 8);
        c.or(ebp, 0x5A);

        // Shared, and yet accepted: KVM reports a fault, the VMM takes the page back, and the guest accepts it as it makes the call again.
        c.mov(eax, 6);
        c.mov(rcx, Page);
        c.db(0x66, 0x0F, 0x01, 0xCC);
        c.shl(eax, 16);
        c.or(ebp, eax);
        c.mov(rax, Page);
        c.mov(__byte_ptr[rax], 0x66);

        // Private, and yet read through the shared half: it is converted, and nothing of what was private is seen.
        c.mov(rax, Window + Page);
        c.movzx(eax, __byte_ptr[rax]);
        c.shl(eax, 24);
        c.or(ebp, eax);
        c.mov(r15d, ebp);
        Call(c, 30, 4, 1, TestTd.DevicePort);
        c.ud2();
    }

    private static void Call(Assembler c, uint leaf, ulong first, ulong second, ulong third = 0)
    {
        c.xor(eax, eax);
        c.mov(ecx, 0xFFCC);
        c.xor(r10d, r10d);
        c.mov(r11d, leaf);
        c.mov(r12, first);
        c.mov(r13, second);
        c.mov(r14, third);
        c.db(0x66, 0x0F, 0x01, 0xCC);
    }

    // From 32-bit protected mode, as a TD begins, to 64-bit code with the first GiB mapped twice: as it is, and shared.
    private static IEnumerable<(ulong Gpa, byte[] Content)> Firmware(Action<Assembler> body)
    {
        byte[] code = new byte[PageSize];
        Assemble(32, TestLaunch.CodePage, Enter).CopyTo(code, 0);
        Assemble(64, TestLaunch.CodePage + LongModeOffset, body).CopyTo(code, LongModeOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(GdtOffset + 8), 0x00AF_9B00_0000_FFFF);
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(GdtOffset + 16), 0x00CF_9300_0000_FFFF);
        BinaryPrimitives.WriteUInt16LittleEndian(code.AsSpan(GdtrOffset), (3 * 8) - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(GdtrOffset + 2), (uint)TestLaunch.CodePage + GdtOffset);
        yield return (TestLaunch.CodePage, code);
        yield return (Tables, Table(Tables + PageSize | 3));
        yield return (Tables + PageSize, Table(Tables + (2 * PageSize) | 3, Tables + (3 * PageSize) | 3));
        yield return (Tables + (2 * PageSize), Table([.. LargePages(0)]));
        yield return (Tables + (3 * PageSize), Table([.. LargePages(HardwareTd.Width.SharedBit)]));

        byte[] reset = new byte[PageSize];
        Assemble(32, 0xFFFF_FFF0, c =>
        {
            c.mov(eax, (uint)TestLaunch.CodePage);
            c.jmp(eax);
        }).CopyTo(reset, PageSize - 16);
        yield return (HardwareTd.FirmwareGpa, reset);
    }

    private static void Enter(Assembler c)
    {
        const int PhysicalAddressExtension = 1 << 5;
        c.mov(eax, cr4);
        c.or(eax, PhysicalAddressExtension);
        c.mov(cr4, eax);
        c.mov(eax, (uint)Tables);
        c.mov(cr3, eax);
        c.mov(eax, cr0);
        c.or(eax, unchecked((int)0x8000_0000));
        c.mov(cr0, eax);
        c.lgdt(__[(uint)TestLaunch.CodePage + GdtrOffset]);
        c.db(0xEA); // far jump
        c.dd((uint)TestLaunch.CodePage + LongModeOffset);
        c.dw((ushort)8);
    }

    private static IEnumerable<ulong> LargePages(ulong start) => Enumerable.Range(0, 512).Select(i => start + ((ulong)i << 21) | 0x83);

    private static byte[] Table(params ulong[] entries)
    {
        byte[] table = new byte[PageSize];
        Buffer.BlockCopy(entries, 0, table, 0, entries.Length * sizeof(ulong));
        return table;
    }

    private static byte[] Assemble(int bitness, ulong origin, Action<Assembler> write)
    {
        Assembler assembler = new(bitness);
        write(assembler);
        using MemoryStream code = new();
        assembler.Assemble(new StreamCodeWriter(code), origin);
        return code.ToArray();
    }
}
