using Iced.Intel;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Exits;

/// <summary>A decoded instruction with the registers it would run with.</summary>
internal sealed class InstructionView
{
    private readonly KvmRegs _registers;
    private readonly KvmSregs _sregs;
    private readonly Instruction _instruction;
    private readonly InstructionInfo _info;

    private InstructionView(in Instruction instruction, in KvmRegs registers, in KvmSregs sregs)
    {
        _instruction = instruction;
        _registers = registers;
        _sregs = sregs;
        _info = new InstructionInfoFactory().GetInfo(in instruction);
    }

    internal int Length => _instruction.Length;

    /// <summary>Whether it changes nothing but one memory operand and RIP: a plain store.</summary>
    internal bool IsPlainStore
    {
        get
        {
            foreach (UsedRegister register in _info.GetUsedRegisters())
            {
                if (register.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite)
                {
                    return false;
                }
            }

            return _instruction.Mnemonic is Mnemonic.Mov or Mnemonic.Movnti or Mnemonic.Movbe;
        }
    }

    /// <summary>Decodes.</summary>
    /// <returns>Null when the bytes are no instruction.</returns>
    internal static InstructionView? Decode(byte[] code, ulong rip, in KvmRegs registers, in KvmSregs sregs)
    {
        int bits = sregs.Cs.L != 0 ? 64 : sregs.Cs.Db != 0 ? 32 : 16;
        var decoder = Decoder.Create(bits, code, rip);
        decoder.Decode(out Instruction instruction);
        return instruction.IsInvalid ? null : new InstructionView(in instruction, in registers, in sregs);
    }

    /// <summary>The memory that it uses, in the order of its operands: linear address, size, direction.</summary>
    internal IEnumerable<(ulong Linear, int Size, bool IsWrite)> MemoryUses()
    {
        foreach (UsedMemory memory in _info.GetUsedMemory())
        {
            if (memory.Access != OpAccess.NoMemAccess && memory.TryGetVirtualAddress(0, out ulong linear, GetRegister))
            {
                bool isWrite = memory.Access is not (OpAccess.Read or OpAccess.CondRead);
                yield return (linear, memory.MemorySize.GetSize(), isWrite);
            }
        }
    }

    /// <summary>Whether a plain store writes this value.</summary>
    internal bool Stores(ulong value, int size)
    {
        ulong mask = size >= sizeof(ulong) ? ulong.MaxValue : (1UL << (size * 8)) - 1;
        ulong? source = _instruction.GetOpKind(1) switch
        {
            OpKind.Register => GetRegister(_instruction.GetOpRegister(1)),
            OpKind.Immediate8 or OpKind.Immediate16 or OpKind.Immediate32 or OpKind.Immediate64 or OpKind.Immediate8to16
                or OpKind.Immediate8to32 or OpKind.Immediate8to64 or OpKind.Immediate32to64 => _instruction.GetImmediate(1),
            _ => null,
        };
        return source is { } known && (known & mask) == (value & mask);
    }

    private bool GetRegister(Register register, int elementIndex, int elementSize, out ulong value)
    {
        ulong? known = GetRegister(register);
        value = known ?? 0;
        return known.HasValue;
    }

    private ulong? GetRegister(Register register)
    {
        ulong? full = register.GetFullRegister() switch
        {
            Register.RAX => _registers.Rax,
            Register.RBX => _registers.Rbx,
            Register.RCX => _registers.Rcx,
            Register.RDX => _registers.Rdx,
            Register.RSI => _registers.Rsi,
            Register.RDI => _registers.Rdi,
            Register.RSP => _registers.Rsp,
            Register.RBP => _registers.Rbp,
            Register.R8 => _registers.R8,
            Register.R9 => _registers.R9,
            Register.R10 => _registers.R10,
            Register.R11 => _registers.R11,
            Register.R12 => _registers.R12,
            Register.R13 => _registers.R13,
            Register.R14 => _registers.R14,
            Register.R15 => _registers.R15,
            Register.RIP => _registers.Rip,
            Register.FS => _sregs.Fs.Base,
            Register.GS => _sregs.Gs.Base,
            Register.CS or Register.DS or Register.ES or Register.SS when _sregs.Cs.L != 0 => 0,
            Register.CS => _sregs.Cs.Base,
            Register.DS => _sregs.Ds.Base,
            Register.ES => _sregs.Es.Base,
            Register.SS => _sregs.Ss.Base,
            _ => null,
        };
        return register switch
        {
            Register.AH or Register.BH or Register.CH or Register.DH => (byte?)(full >> 8),
            _ when !register.IsGPR() => full,
            _ => register.GetSize() switch
            {
                1 => (byte?)full,
                2 => (ushort?)full,
                4 => (uint?)full,
                _ => full,
            },
        };
    }
}
