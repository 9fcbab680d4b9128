namespace Vmm.Tdx.Abi;

/// <summary>RCX of TDG.VP.VMCALL: the registers that pass to the VMM and back.</summary>
/// <param name="Value">GPRs in bits 15:0 (order of <see cref="Gpr"/>), XMM registers in bits 31:16, the rest zero.</param>
public readonly record struct GprMask(ulong Value)
{
    // RAX and RCX carry the call itself, RSP never passes, and neither does RBP: KVM builds every TD with CONFIG_FLAGS.NO_RBP_MOD.
    private const ulong NeverPassed = (1UL << (int)Gpr.Rax) | (1UL << (int)Gpr.Rcx) | (1UL << (int)Gpr.Rsp) | (1UL << (int)Gpr.Rbp);
    private const int XmmShift = 16;

    /// <summary>Whether the module accepts the mask; if not, TDG.VP.VMCALL is OPERAND_INVALID+RCX and the VMM is not called.</summary>
    public bool IsValid => (Value & NeverPassed) == 0 && Value >> 32 == 0;

    /// <summary>XMM0..XMM15 that pass, bit 0 for XMM0.</summary>
    public ushort Xmm => (ushort)(Value >> XmmShift);

    /// <summary>Whether a register passes.</summary>
    public bool Selects(Gpr register) => (Value & (1UL << (int)register)) != 0;

    /// <summary>The value the VMM sees: 0 where the register does not pass.</summary>
    public ulong Filter(Gpr register, ulong value) => Selects(register) ? value : 0;
}
