namespace Vmm.Core.Exits;

/// <summary>An IN, OUT, INS or OUTS instruction (Intel SDM vol. 2).</summary>
/// <param name="Length">Length in bytes with prefixes, 1 to 15.</param>
/// <param name="Size">Operand size: 1, 2 or 4 bytes.</param>
/// <param name="IsInput">IN or INS.</param>
/// <param name="IsString">INS or OUTS.</param>
/// <param name="IsRepeated">With a REP prefix; only string instructions repeat.</param>
/// <param name="ImmediatePort">The port, where it is in the instruction rather than in DX.</param>
public readonly record struct IoInstruction(int Length, int Size, bool IsInput, bool IsString, bool IsRepeated, byte? ImmediatePort)
{
    /// <summary>Longest instruction of the architecture.</summary>
    public const int MaxLength = 15;

    private const byte InsByte = 0x6C;
    private const byte OutsLast = 0x6F;
    private const byte InImmediate = 0xE4;
    private const byte OutImmediateLast = 0xE7;
    private const byte InDx = 0xEC;
    private const byte OutDxLast = 0xEF;
    private const byte OutputBit = 2;
    private const byte WideBit = 1;

    /// <summary>Decodes the instruction at the start of some 64-bit, 32-bit or 16-bit code.</summary>
    /// <param name="code">Code bytes.</param>
    /// <param name="defaultSize">Operand size without a prefix: 4, or 2 in 16-bit code.</param>
    /// <param name="is64Bit">Whether 0x40 to 0x4F are REX prefixes.</param>
    /// <param name="instruction">The instruction.</param>
    /// <returns>False when it is something else, or cut short.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> code, int defaultSize, bool is64Bit, out IoInstruction instruction)
    {
        instruction = default;
        bool otherSize = false;
        bool repeated = false;
        int at = 0;
        while (at < code.Length && at < MaxLength && IsPrefix(code[at], is64Bit))
        {
            otherSize |= code[at] == 0x66;
            repeated |= code[at] is 0xF2 or 0xF3;
            at++;
        }

        if (at >= code.Length || at >= MaxLength)
        {
            return false;
        }

        byte opcode = code[at++];
        bool isString = opcode is >= InsByte and <= OutsLast;
        bool isImmediate = opcode is >= InImmediate and <= OutImmediateLast;
        if (!isString && !isImmediate && opcode is not (>= InDx and <= OutDxLast))
        {
            return false;
        }

        byte? port = null;
        if (isImmediate)
        {
            if (at >= code.Length || at >= MaxLength)
            {
                return false;
            }

            port = code[at++];
        }

        int wide = otherSize ? 6 - defaultSize : defaultSize;
        instruction = new IoInstruction(at, (opcode & WideBit) != 0 ? wide : 1, (opcode & OutputBit) == 0, isString, isString && repeated, port);
        return true;
    }

    /// <summary>Whether this instruction makes that access.</summary>
    public bool Makes(in IoAccess access, ushort dx) =>
        Size == access.Size && IsInput == access.IsInput && (ImmediatePort ?? dx) == access.Port;

    private static bool IsPrefix(byte value, bool is64Bit) =>
        value is 0x66 or 0x67 or 0xF0 or 0xF2 or 0xF3 or 0x26 or 0x2E or 0x36 or 0x3E or 0x64 or 0x65
        || (is64Bit && value is >= 0x40 and <= 0x4F);
}
