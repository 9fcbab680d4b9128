namespace Vmm.Tdx.Abi;

/// <summary>Width of a TD's guest-physical addresses (GPAW); the topmost bit is the shared bit.</summary>
/// <param name="Bits">48 or 52 on TDX hardware; the width of the host's physical addresses where that is less.</param>
public readonly record struct GpaWidth(int Bits)
{
    /// <summary>The width that TDs have unless they ask for more.</summary>
    public const int Usual = 48;

    /// <summary>The largest width.</summary>
    public const int Widest = 52;

    /// <summary>The shared bit as a mask.</summary>
    public ulong SharedBit => 1UL << (Bits - 1);

    /// <summary>Whether no bit above the width is set.</summary>
    public bool Contains(ulong gpa) => gpa >> Bits == 0;

    /// <summary>Whether an address is in the shared half.</summary>
    public bool IsShared(ulong gpa) => (gpa & SharedBit) != 0;

    /// <summary>The address as buses and memory know it.</summary>
    public ulong WithoutSharedBit(ulong gpa) => gpa & ~SharedBit;
}
