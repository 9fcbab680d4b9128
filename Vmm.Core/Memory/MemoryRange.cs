namespace Vmm.Core.Memory;

/// <summary>A run of guest-physical addresses.</summary>
/// <param name="Gpa">First address.</param>
/// <param name="Size">Size in bytes.</param>
public readonly record struct MemoryRange(ulong Gpa, ulong Size)
{
    /// <summary>First address behind the range.</summary>
    public ulong End => Gpa + Size;

    /// <summary>Whether the range holds all of <paramref name="length"/> bytes at <paramref name="gpa"/>; safe against wrap-around.</summary>
    public bool Contains(ulong gpa, ulong length) => gpa >= Gpa && length <= Size && gpa - Gpa <= Size - length;

    /// <inheritdoc/>
    public override string ToString() => $"0x{Gpa:x}-0x{End - 1:x}";
}
