using System.Collections.Immutable;
using Vmm.Core.Machine;

namespace Vmm.Tdx.Policies;

/// <summary>Which CPUID guests see: rules over what the host reports and what the machine is.</summary>
public sealed class CpuidPolicy
{
    private readonly ImmutableArray<CpuidRule> _rules;
    private readonly bool _dropUnnamed;

    internal CpuidPolicy(ImmutableArray<CpuidRule> rules, bool dropUnnamed)
    {
        _rules = rules;
        _dropUnnamed = dropUnnamed;
    }

    /// <summary>Makes the tables of a machine's vCPUs.</summary>
    /// <param name="host">What KVM supports (KVM_GET_SUPPORTED_CPUID).</param>
    /// <param name="facts">What the machine is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The machine has no vCPU.</exception>
    public CpuidTables Build(ReadOnlySpan<CpuidEntry> host, MachineFacts facts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(facts.VcpuCount, 1, nameof(facts));
        CpuidRule[] rules = [.. _rules.Where(rule => (rule.Guests & facts.Guest) != 0)];
        CpuidTable[] tables = new CpuidTable[facts.VcpuCount];
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = new CpuidTable(Apply(rules, CpuidFacts.Apply(host, facts, i)));
        }

        return new CpuidTables([.. tables]);
    }

    private List<CpuidEntry> Apply(CpuidRule[] rules, List<CpuidEntry> entries)
    {
        foreach (CpuidRule rule in rules.Where(rule => rule.HasRegisters))
        {
            int found = 0;
            for (int i = 0; i < entries.Count; i++)
            {
                if (rule.Matches(entries[i]))
                {
                    entries[i] = rule.Apply(entries[i]);
                    found++;
                }
            }

            if (found == 0)
            {
                entries.Add(rule.NewEntry());
            }
        }

        entries.RemoveAll(entry => !IsKept(rules, in entry));
        return entries;
    }

    private bool IsKept(CpuidRule[] rules, in CpuidEntry entry)
    {
        bool named = false;
        foreach (CpuidRule rule in rules)
        {
            if (rule.Matches(in entry))
            {
                if (rule.Drop)
                {
                    return false;
                }

                named = true;
            }
        }

        return named || !_dropUnnamed;
    }
}
