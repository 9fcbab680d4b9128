namespace Vmm.Tdx.Abi;

/// <summary>The TDCALL instruction's encoding.</summary>
public static class TdCallInstruction
{
    /// <summary>The bytes of TDCALL.</summary>
    public static ReadOnlySpan<byte> Opcode => [0x66, 0x0F, 0x01, 0xCC];

    /// <summary>Length in bytes; RIP advances by it.</summary>
    public static int Length => Opcode.Length;
}
