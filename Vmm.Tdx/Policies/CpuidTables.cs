using System.Collections.Immutable;

namespace Vmm.Tdx.Policies;

/// <summary>The CPUID tables of a machine, one a vCPU.</summary>
/// <param name="tables">By vCPU index.</param>
public sealed class CpuidTables(ImmutableArray<CpuidTable> tables)
{
    /// <summary>Number of vCPUs.</summary>
    public int Count => tables.Length;

    /// <summary>The table of a vCPU.</summary>
    public CpuidTable this[int vcpuIndex] => tables[vcpuIndex];
}
