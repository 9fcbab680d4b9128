using System.Runtime.InteropServices;
using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>
/// A guest's handler for #VE: writes down all it can see, serves the instruction by TDVMCALL if asked to, and goes on where a list says.
/// </summary>
internal sealed class VeHandler
{
    private const int MaxRecords = 512;
    private const byte Vector = 20;
    private const int SavedRegisters = 16; // RFLAGS first
    private const int FrameQuadwords = 5;
    private const int RaxOffset = 1 * sizeof(ulong);
    private const int RcxOffset = 2 * sizeof(ulong);
    private const int RdxOffset = 3 * sizeof(ulong);
    private const int RipOffset = SavedRegisters * sizeof(ulong);
    private const int RecordSize = (SavedRegisters + FrameQuadwords + 6) * sizeof(ulong);

    private static readonly AssemblerRegister64[] Order = [rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];

    private readonly TestProgram _p;
    private readonly ulong _log;
    private readonly ulong _nextRecord;
    private readonly ulong _resume;
    private readonly ulong _nextResume;
    private int _resumes;

    /// <summary>Puts the handler into a program and the program's execution behind it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="serves">Whether instructions get their results; only loads to and stores from EAX are understood.</param>
    public VeHandler(TestProgram program, bool serves)
    {
        _p = program;
        _log = program.Zeros(MaxRecords * RecordSize, 16);
        _resume = program.Zeros(MaxRecords * sizeof(ulong), 16);
        _nextRecord = program.Data(BitConverter.GetBytes(_log), 8);
        _nextResume = program.Data(BitConverter.GetBytes(_resume), 8);

        Label handler = program.CreateLabel();
        Label behind = program.CreateLabel();
        program.SetGate(Vector, handler);
        program.LoadIdt();
        program.jmp(behind);
        program.Label(ref handler);
        Record();
        if (serves)
        {
            Serve();
        }

        Return();
        program.Label(ref behind);
    }

    /// <summary>Says where the next #VE, in the order of the program, goes on.</summary>
    public void ResumeAt(Label label) => _p.PlaceAddress(_resume + (ulong)(_resumes++ * sizeof(ulong)), label);

    /// <summary>What was written down.</summary>
    public VeRecord[] Records(TdRun run)
    {
        int count = (int)(run.Quadword(_nextRecord) - _log) / RecordSize;
        return MemoryMarshal.Cast<byte, VeRecord>(run.Bytes(_log, count * RecordSize)).ToArray();
    }

    private void Record()
    {
        foreach (AssemblerRegister64 register in Order.Reverse())
        {
            _p.push(register);
        }

        _p.pushfq();
        _p.cld();
        _p.mov(rdi, __qword_ptr[(long)_nextRecord]);
        _p.mov(rsi, rsp);
        _p.mov(ecx, SavedRegisters + FrameQuadwords);
        _p.rep.movsq();
        _p.TdCall(leaf: 3);
        int offset = 0;
        foreach (AssemblerRegister64 register in new[] { rax, rcx, rdx, r8, r9, r10 })
        {
            _p.mov(__qword_ptr[rdi + offset], register);
            offset += sizeof(ulong);
        }

        _p.add(rdi, offset);
        _p.mov(__qword_ptr[(long)_nextRecord], rdi);
    }

    private void Return()
    {
        _p.mov(rsi, __qword_ptr[(long)_nextResume]);
        _p.mov(rax, __qword_ptr[rsi]);
        _p.mov(__qword_ptr[rsp + RipOffset], rax);
        _p.add(rsi, sizeof(ulong));
        _p.mov(__qword_ptr[(long)_nextResume], rsi);
        _p.popfq();
        foreach (AssemblerRegister64 register in Order)
        {
            _p.pop(register);
        }

        _p.iretq();
    }

    // RCX: exit reason, RDX: qualification, R9: guest-physical address.
    private void Serve()
    {
        Label mmio = _p.CreateLabel();
        Label rdmsr = _p.CreateLabel();
        Label wrmsr = _p.CreateLabel();
        Label result = _p.CreateLabel();
        Label done = _p.CreateLabel();
        _p.mov(rbx, rdx);
        _p.cmp(ecx, 31);
        _p.je(rdmsr);
        _p.cmp(ecx, 32);
        _p.je(wrmsr);
        _p.cmp(ecx, 48);
        _p.je(mmio);

        // Instruction.IO from the qualification.
        _p.mov(r12d, ebx);
        _p.and(r12d, 7);
        _p.inc(r12d);
        _p.mov(r13d, ebx);
        _p.shr(r13d, 3);
        _p.and(r13d, 1);
        _p.xor(r13d, 1);
        _p.mov(r14d, ebx);
        _p.shr(r14d, 16);
        _p.mov(r15, __qword_ptr[rsp + RaxOffset]);
        _p.VmCall(30);
        _p.jmp(result);

        // #VE.RequestMMIO of four bytes.
        _p.Label(ref mmio);
        _p.mov(r12d, 4);
        _p.mov(r13d, ebx);
        _p.shr(r13d, 1);
        _p.and(r13d, 1);
        _p.mov(r14, r9);
        _p.mov(r15, __qword_ptr[rsp + RaxOffset]);
        _p.VmCall(48);

        _p.Label(ref result);
        _p.test(r13d, r13d);
        _p.jne(done);
        Merge(done);

        _p.Label(ref rdmsr);
        _p.mov(r12d, __dword_ptr[rsp + RcxOffset]);
        _p.VmCall(31);
        _p.mov(r11d, r11d);
        _p.mov(__qword_ptr[rsp + RaxOffset], r11);
        _p.jmp(done);

        _p.Label(ref wrmsr);
        _p.mov(r12d, __dword_ptr[rsp + RcxOffset]);
        _p.mov(r13d, __dword_ptr[rsp + RaxOffset]);
        _p.mov(r14d, __dword_ptr[rsp + RdxOffset]);
        _p.shl(r14, 32);
        _p.or(r13, r14);
        _p.VmCall(32);

        _p.Label(ref done);
        _p.nop();
    }

    // Four bytes clear the upper half of RAX, fewer leave the rest of it alone.
    private void Merge(Label done)
    {
        Label word = _p.CreateLabel();
        Label doubleword = _p.CreateLabel();
        _p.cmp(r12d, 2);
        _p.je(word);
        _p.ja(doubleword);
        _p.mov(__byte_ptr[rsp + RaxOffset], r11b);
        _p.jmp(done);
        _p.Label(ref word);
        _p.mov(__word_ptr[rsp + RaxOffset], r11w);
        _p.jmp(done);
        _p.Label(ref doubleword);
        _p.mov(r11d, r11d);
        _p.mov(__qword_ptr[rsp + RaxOffset], r11);
        _p.jmp(done);
    }
}
