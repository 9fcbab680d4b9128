using Vmm.Core.Machine;

namespace Vmm.Tdx.Policies;

/// <summary>One rule of a <see cref="CpuidPolicy"/>.</summary>
/// <param name="Path">Where the rule stands in its file.</param>
/// <param name="FirstLeaf">First leaf.</param>
/// <param name="LastLeaf">Last leaf; rules with registers are for one leaf.</param>
/// <param name="Subleaf">The sub-leaf, or null for all.</param>
/// <param name="Guests">For which guests.</param>
/// <param name="Drop">Whether the leaf is dropped: it reads as zeros.</param>
/// <param name="Registers">What to do to EAX, EBX, ECX, EDX; null passes the register as it is.</param>
internal sealed record CpuidRule(string Path, uint FirstLeaf, uint LastLeaf, uint? Subleaf, GuestKinds Guests, bool Drop, RegisterRule?[] Registers)
{
    internal bool HasRegisters => Array.Exists(Registers, register => register is not null);

    internal bool Matches(in CpuidEntry entry) =>
        entry.Function >= FirstLeaf && entry.Function <= LastLeaf && (Subleaf is not { } index || !entry.HasIndex || entry.Index == index);

    internal bool Overlaps(CpuidRule other) =>
        FirstLeaf <= other.LastLeaf
        && other.FirstLeaf <= LastLeaf
        && (Subleaf is null || other.Subleaf is null || Subleaf == other.Subleaf)
        && (Guests & other.Guests) != 0;

    internal CpuidEntry Apply(in CpuidEntry entry) => entry with
    {
        Eax = Registers[0]?.Apply(entry.Eax) ?? entry.Eax,
        Ebx = Registers[1]?.Apply(entry.Ebx) ?? entry.Ebx,
        Ecx = Registers[2]?.Apply(entry.Ecx) ?? entry.Ecx,
        Edx = Registers[3]?.Apply(entry.Edx) ?? entry.Edx,
    };

    /// <summary>An entry for a leaf that the host does not have.</summary>
    internal CpuidEntry NewEntry() =>
        Apply(new CpuidEntry(FirstLeaf, Subleaf ?? 0, Subleaf is null ? 0 : CpuidEntry.SignificantIndex, 0, 0, 0, 0));
}
