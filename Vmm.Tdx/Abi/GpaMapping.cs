namespace Vmm.Tdx.Abi;

/// <summary>A page of a TD and the level at which Secure EPT maps it, in one register.</summary>
/// <param name="Value">Level in bits 2:0, address in bits 51:12, pending in bit 62, the rest zero.</param>
public readonly record struct GpaMapping(ulong Value)
{
    private const int PageShift = 12;
    private const int ShiftOfLevel = 9;
    private const ulong LevelBits = 7;
    private const ulong AddressBits = ((1UL << 52) - 1) & ~((1UL << PageShift) - 1);
    private const ulong PendingBit = 1UL << 62;

    /// <summary>Describes a page.</summary>
    /// <param name="gpa">Any address in it.</param>
    /// <param name="level">0 for 4 KiB, 1 for 2 MiB, 2 for 1 GiB.</param>
    /// <param name="pending">Whether the guest has yet to accept it.</param>
    public GpaMapping(ulong gpa, int level, bool pending)
        : this((gpa & AddressBits & ~(SizeOf(level) - 1)) | (uint)level | (pending ? PendingBit : 0))
    {
    }

    /// <summary>0 for 4 KiB, 1 for 2 MiB, 2 for 1 GiB.</summary>
    public int Level => (int)(Value & LevelBits);

    /// <summary>Address of the page.</summary>
    public ulong Gpa => Value & AddressBits;

    /// <summary>Whether the guest has yet to accept the page.</summary>
    public bool IsPending => (Value & PendingBit) != 0;

    /// <summary>Whether a leaf may take the register as an operand: no reserved bit, a level that exists, an address aligned to it.</summary>
    /// <param name="largestLevel">The largest level that the leaf knows.</param>
    public bool IsValidOperand(int largestLevel) =>
        (Value & ~(AddressBits | LevelBits)) == 0 && Level <= largestLevel && (Gpa & (SizeOf(Level) - 1)) == 0;

    private static ulong SizeOf(int level) => 1UL << (PageShift + (ShiftOfLevel * level));
}
