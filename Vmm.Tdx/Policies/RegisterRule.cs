namespace Vmm.Tdx.Policies;

/// <summary>What a rule does to one register of a CPUID leaf.</summary>
/// <param name="Path">Where the rule stands in its file.</param>
/// <param name="Fix">The value whatever the host reports, or null.</param>
/// <param name="Mask">Bits that stay; the others are cleared.</param>
/// <param name="Set">Bits that are set.</param>
internal sealed record RegisterRule(string Path, uint? Fix, uint Mask, uint Set)
{
    internal const uint AllBits = uint.MaxValue;

    /// <summary>Whether the rule says no more than that the host's value passes.</summary>
    internal bool IsPass => Fix is null && Mask == AllBits && Set == 0;

    internal uint Apply(uint value) => Fix ?? ((value & Mask) | Set);

    /// <summary>Why this rule and another for the same register cannot both hold, or null if they can.</summary>
    internal string? ContradictionWith(RegisterRule other)
    {
        if (Fix is { } mine && other.Fix is { } its)
        {
            return mine == its ? null : $"fixes the register to 0x{mine:x}, but {other.Path} fixes it to 0x{its:x}";
        }

        if (Fix is not null || other.Fix is not null)
        {
            return $"one of this and {other.Path} fixes the register, the other treats it bit by bit or passes it";
        }

        if (IsPass != other.IsPass)
        {
            return $"one of this and {other.Path} passes the register as it is, the other changes it";
        }

        uint both = (Set & ~other.Mask) | (other.Set & ~Mask);
        return both == 0 ? null : $"bits 0x{both:x} are set by one and cleared by the other of this and {other.Path}";
    }
}
