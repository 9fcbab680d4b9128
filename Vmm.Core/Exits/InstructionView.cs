using Iced.Intel;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Exits;

/// <summary>A decoded instruction with the registers it would run with.</summary>
internal readonly ref struct InstructionView
{
    private readonly DecodedInstruction _decoded;
    private readonly ref readonly KvmRegs _registers;
    private readonly ref readonly KvmSregs _sregs;

    /// <param name="decoded">The instruction.</param>
    /// <param name="registers">General registers, from before it.</param>
    /// <param name="sregs">The others.</param>
    internal InstructionView(DecodedInstruction decoded, ref readonly KvmRegs registers, ref readonly KvmSregs sregs)
    {
        _decoded = decoded;
        _registers = ref registers;
        _sregs = ref sregs;
    }

    internal int Length => _decoded.Length;

    /// <inheritdoc cref="DecodedInstruction.IsPlainStore"/>
    internal bool IsPlainStore => _decoded.IsPlainStore;

    /// <summary>How often it uses memory.</summary>
    internal int MemoryUses => _decoded.MemoryUses.Length;

    /// <summary>One use of memory, in the order of its operands: linear address, size, direction.</summary>
    /// <returns>False when the address comes from registers that are not known here: those of vectors.</returns>
    internal bool TryGetMemoryUse(int index, out ulong linear, out int size, out bool isWrite)
    {
        ref readonly UsedMemory memory = ref _decoded.MemoryUses[index];
        size = memory.MemorySize.GetSize();
        isWrite = memory.Access is not (OpAccess.Read or OpAccess.CondRead);
        ulong? start = ValueOf(memory.Base);
        ulong? distance = ValueOf(memory.Index) * (ulong)memory.Scale;
        ulong? segment = ValueOf(memory.Segment);
        ulong effective = memory.Displacement + start.GetValueOrDefault() + distance.GetValueOrDefault();
        linear = segment.GetValueOrDefault() + memory.AddressSize switch
        {
            CodeSize.Code16 => (ushort)effective,
            CodeSize.Code32 => (uint)effective,
            _ => effective,
        };
        return start.HasValue && distance.HasValue && segment.HasValue;
    }

    /// <summary>Whether a plain store writes this value.</summary>
    internal bool Stores(ulong value, int size)
    {
        ulong mask = size >= sizeof(ulong) ? ulong.MaxValue : (1UL << (size * 8)) - 1;
        ulong? source = _decoded.Instruction.GetOpKind(1) switch
        {
            OpKind.Register => GetRegister(_decoded.Instruction.GetOpRegister(1)),
            OpKind.Immediate8 or OpKind.Immediate16 or OpKind.Immediate32 or OpKind.Immediate64 or OpKind.Immediate8to16
                or OpKind.Immediate8to32 or OpKind.Immediate8to64 or OpKind.Immediate32to64 => _decoded.Instruction.GetImmediate(1),
            _ => null,
        };
        return source is { } known && (known & mask) == (value & mask);
    }

    private ulong? ValueOf(Register register) => register == Register.None ? 0 : GetRegister(register);

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
