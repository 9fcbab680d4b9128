namespace Vmm.Tdx.Abi;

/// <summary>RAX at a TDCALL: which leaf, in which version.</summary>
/// <param name="Rax">The register's value.</param>
public readonly record struct TdCallFunction(ulong Rax)
{
    private const int VersionShift = 16;
    private const ulong ReservedBits = ~0xFF_FFFFUL;

    /// <summary>Bits 15:0.</summary>
    public TdCallLeaf Leaf => (TdCallLeaf)(ushort)Rax;

    /// <summary>Bits 23:16; 0 but for the few leaves that have newer forms.</summary>
    public byte Version => (byte)(Rax >> VersionShift);

    /// <summary>Whether bits 31:24 and 63:32 are zero, as they must be.</summary>
    public bool IsWellFormed => (Rax & ReservedBits) == 0;
}
