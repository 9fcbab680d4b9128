using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Iced.Intel;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.LongMode;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using static Iced.Intel.AssemblerRegisters;
using Extension = Vmm.Tdx.Firmware.Shim.ShimHandOver.Extension;
using Header = Vmm.Tdx.Firmware.Shim.ShimHandOver.Header;
using Pages = Vmm.Tdx.Firmware.Shim.ShimHandOver.Pages;

namespace Vmm.Tdx.Firmware.Shim;

/// <summary>The 64-bit part of the shim.</summary>
internal static class ShimProgram
{
    private const int LargePage = 2 << 20;
    private const int LargePageLevel = 1;
    private const int StatusCodeShift = 32;

    // What goes to the VMM with a fatal error: R10 to R15, and RBX.
    private const uint FatalMask = (1 << (int)Gpr.Rbx) | (1 << (int)Gpr.R10) | (1 << (int)Gpr.R11) | (1 << (int)Gpr.R12) | (1 << (int)Gpr.R13)
        | (1 << (int)Gpr.R14) | (1 << (int)Gpr.R15);

    internal static void Write(Assembler c)
    {
        Label application = c.CreateLabel();
        Label fail = c.CreateLabel();
        LoadSegments(c);
        c.mov(ebx, (uint)BootShim.HandOver.Gpa);
        c.test(esi, esi);
        c.jnz(application);
        Accept(c, fail);
        Extend(c, fail);
        EnterKernel(c);
        c.Label(ref application);
        WaitForWakeup(c);
        c.Label(ref fail);
        ReportFatalError(c, fail);
    }

    private static void LoadSegments(Assembler c)
    {
        c.mov(eax, SegmentState.Data.Selector);
        c.mov(ds, ax);
        c.mov(es, ax);
        c.mov(ss, ax);
        c.mov(fs, ax);
        c.mov(gs, ax);
    }

    // R12, R13: the list and what is left of it; R14, R15: the range and its end.
    private static void Accept(Assembler c, Label fail)
    {
        Label nextRange = c.CreateLabel();
        Label nextPage = c.CreateLabel();
        Label large = c.CreateLabel();
        Label largeDone = c.CreateLabel();
        Label small = c.CreateLabel();
        Label smallDone = c.CreateLabel();
        Label done = c.CreateLabel();

        c.mov(r12, __qword_ptr[rbx + InHeader(nameof(Header.Ranges))]);
        c.mov(r13, __qword_ptr[rbx + InHeader(nameof(Header.RangeCount))]);
        c.Label(ref nextRange);
        c.test(r13, r13);
        c.jz(done);
        c.mov(r14, __qword_ptr[r12 + InPages(nameof(Pages.Start))]);
        c.mov(r15, __qword_ptr[r12 + InPages(nameof(Pages.End))]);
        c.add(r12, Unsafe.SizeOf<Pages>());
        c.dec(r13);

        c.Label(ref nextPage);
        c.cmp(r14, r15);
        c.jae(nextRange);
        c.test(r14d, LargePage - 1);
        c.jnz(small);
        c.lea(rdx, __[r14 + LargePage]);
        c.cmp(rdx, r15);
        c.ja(small);

        c.Label(ref large);
        c.lea(rcx, __[r14 + LargePageLevel]);
        Call(c, TdCallLeaf.MemPageAccept);
        c.jz(largeDone);
        c.cmp(edx, (uint)TdxStatusCode.OPERAND_BUSY);
        c.je(large);

        // KVM has given the range in pages of 4 KiB.
        c.cmp(edx, (uint)TdxStatusCode.PAGE_SIZE_MISMATCH);
        c.jne(fail);

        c.Label(ref small);
        c.mov(rcx, r14);
        Call(c, TdCallLeaf.MemPageAccept);
        c.jz(smallDone);
        c.cmp(edx, (uint)TdxStatusCode.OPERAND_BUSY);
        c.je(small);
        c.jmp(fail);

        c.Label(ref largeDone);
        c.add(r14, LargePage);
        c.jmp(nextPage);
        c.Label(ref smallDone);
        c.add(r14, (int)GuestMemory.PageSize);
        c.jmp(nextPage);
        c.Label(ref done);
        c.nop();
    }

    // R12, R13: the list and what is left of it.
    private static void Extend(Assembler c, Label fail)
    {
        Label next = c.CreateLabel();
        Label extended = c.CreateLabel();
        Label done = c.CreateLabel();

        c.lea(r12, __[rbx + Unsafe.SizeOf<Header>()]);
        c.mov(r13, __qword_ptr[rbx + InHeader(nameof(Header.ExtensionCount))]);
        c.Label(ref next);
        c.test(r13, r13);
        c.jz(done);
        c.mov(rcx, r12);
        c.mov(rdx, __qword_ptr[r12 + Unsafe.SizeOf<Bytes48>()]);
        Call(c, TdCallLeaf.MrRtmrExtend);
        c.jz(extended);
        c.cmp(edx, (uint)TdxStatusCode.OPERAND_BUSY);
        c.je(next);
        c.jmp(fail);
        c.Label(ref extended);
        c.add(r12, Unsafe.SizeOf<Extension>());
        c.dec(r13);
        c.jmp(next);
        c.Label(ref done);
        c.nop();
    }

    // ZF says whether it succeeded; else EDX is the code of the status.
    private static void Call(Assembler c, TdCallLeaf leaf)
    {
        c.mov(eax, (uint)leaf);
        c.tdcall();
        c.mov(rdx, rax);
        c.shr(rdx, StatusCodeShift);
        c.test(rax, rax);
    }

    private static void EnterKernel(Assembler c)
    {
        c.mov(rsi, __qword_ptr[rbx + InHeader(nameof(Header.BootParams))]);
        c.mov(rsp, __qword_ptr[rbx + InHeader(nameof(Header.Stack))]);
        c.mov(rax, __qword_ptr[rbx + InHeader(nameof(Header.Entry))]);
        foreach (AssemblerRegister32 register in (AssemblerRegister32[])[ebx, ecx, edx, edi, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d])
        {
            c.xor(register, register);
        }

        c.jmp(rax);
    }

    // ACPI 6.5, 5.2.12.19. APIC ids count like vCPU indices.
    private static void WaitForWakeup(Assembler c)
    {
        Label wait = c.CreateLabel();
        c.mov(rdi, __qword_ptr[rbx + InHeader(nameof(Header.Mailbox))]);
        c.Label(ref wait);
        c.pause();
        c.cmp(__word_ptr[rdi + InMailbox(nameof(WakeupMailbox.Command))], WakeupMailbox.Wakeup);
        c.jne(wait);
        c.cmp(__dword_ptr[rdi + InMailbox(nameof(WakeupMailbox.ApicId))], esi);
        c.jne(wait);
        c.mov(rax, __qword_ptr[rdi + InMailbox(nameof(WakeupMailbox.WakeupVector))]);
        c.mov(__word_ptr[rdi + InMailbox(nameof(WakeupMailbox.Command))], WakeupMailbox.NoOperation);
        c.jmp(rax);
    }

    // The code is that of the status; the text is in R14, R15 and RBX. A VMM that comes back is told again.
    private static void ReportFatalError(Assembler c, Label again)
    {
        c.mov(r12d, edx);
        c.xor(r13d, r13d);
        c.mov(r14, Text("boot shi"u8));
        c.mov(r15, Text("m: TDCAL"u8));
        c.mov(rbx, Text("L failed"u8));
        c.xor(r10d, r10d);
        c.mov(r11d, (uint)VmCallLeaf.ReportFatalError);
        c.mov(ecx, FatalMask);
        c.xor(eax, eax);
        c.tdcall();
        c.jmp(again);
    }

    private static ulong Text(ReadOnlySpan<byte> text) => MemoryMarshal.Read<ulong>(text);

    // One for each struct: ahead-of-time compilation must see which structs are asked about.
    private static int InHeader(string field) => (int)Marshal.OffsetOf<Header>(field);

    private static int InPages(string field) => (int)Marshal.OffsetOf<Pages>(field);

    private static int InMailbox(string field) => (int)Marshal.OffsetOf<WakeupMailbox>(field);
}
