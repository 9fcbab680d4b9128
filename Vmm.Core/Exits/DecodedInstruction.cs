using Iced.Intel;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Exits;

/// <summary>An instruction at its address, without the registers it runs with: the same every time a guest comes by.</summary>
internal sealed class DecodedInstruction
{
    private readonly byte[] _code;
    private readonly ulong _rip;
    private readonly int _bits;

    private DecodedInstruction(ReadOnlySpan<byte> code, ulong rip, int bits, in Instruction instruction)
    {
        (_code, _rip, _bits) = (code[..instruction.Length].ToArray(), rip, bits);
        Instruction = instruction;
        InstructionInfo info = new InstructionInfoFactory().GetInfo(in instruction);
        MemoryUses = [.. info.GetUsedMemory().Where(memory => memory.Access != OpAccess.NoMemAccess)];
        IsPlainStore = instruction.Mnemonic is Mnemonic.Mov or Mnemonic.Movnti or Mnemonic.Movbe && !info.GetUsedRegisters().Any(IsWritten);
    }

    /// <summary>The instruction.</summary>
    public Instruction Instruction { get; }

    /// <summary>Its length in bytes.</summary>
    public int Length => _code.Length;

    /// <summary>The memory that it uses, in the order of its operands.</summary>
    public UsedMemory[] MemoryUses { get; }

    /// <summary>Whether it changes nothing but one memory operand and RIP: a plain store.</summary>
    public bool IsPlainStore { get; }

    /// <summary>Width of the code that a processor runs: 64, 32 or 16.</summary>
    public static int BitsOf(in KvmSregs sregs) => sregs.Cs.L != 0 ? 64 : sregs.Cs.Db != 0 ? 32 : 16;

    /// <summary>Decodes.</summary>
    /// <returns>Null when the bytes are no instruction.</returns>
    public static DecodedInstruction? Decode(ReadOnlySpan<byte> code, ulong rip, int bits)
    {
        var decoder = Decoder.Create(bits, code.ToArray(), rip);
        decoder.Decode(out Instruction instruction);
        return instruction.IsInvalid ? null : new DecodedInstruction(code, rip, bits, in instruction);
    }

    /// <summary>Whether some code is this instruction.</summary>
    public bool Is(ReadOnlySpan<byte> code, ulong rip, int bits) => _rip == rip && _bits == bits && code.StartsWith(_code);

    private static bool IsWritten(UsedRegister register) =>
        register.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite;
}
