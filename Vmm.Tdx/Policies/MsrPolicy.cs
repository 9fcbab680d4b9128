using System.Collections.Immutable;

namespace Vmm.Tdx.Policies;

/// <summary>What becomes of a TD's RDMSR and WRMSR.</summary>
public sealed class MsrPolicy
{
    /// <summary>Most registers that a policy can store: a bound on memory.</summary>
    public const uint MaxStored = 4096;

    private readonly uint[] _firsts;

    /// <summary>Makes a policy.</summary>
    /// <param name="rules">Rules that do not overlap.</param>
    /// <param name="unnamed">What happens to registers without a rule.</param>
    internal MsrPolicy(IEnumerable<MsrRule> rules, MsrRule unnamed)
    {
        MsrRule[] sorted = [.. rules];
        Array.Sort(sorted, (one, other) => one.First.CompareTo(other.First));
        Rules = [.. sorted];
        Unnamed = unnamed;
        _firsts = Array.ConvertAll(sorted, rule => rule.First);
    }

    /// <summary>The rules by register.</summary>
    public ImmutableArray<MsrRule> Rules { get; }

    /// <summary>What happens to registers without a rule.</summary>
    public MsrRule Unnamed { get; }

    /// <summary>The rule of a register. Allocates nothing.</summary>
    public MsrRule Find(uint index)
    {
        int position = Position(index);
        return position < 0 ? Unnamed : Rules[position];
    }

    internal int Position(uint index)
    {
        int found = Array.BinarySearch(_firsts, index);
        int position = found >= 0 ? found : ~found - 1; // the last rule that starts at or below the register
        return position >= 0 && index <= Rules[position].Last ? position : -1;
    }
}
