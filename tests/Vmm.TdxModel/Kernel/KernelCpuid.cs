using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>CPUID from a vCPU's table: kvm_cpuid and get_out_of_range_cpuid_entry (arch/x86/kvm/cpuid.c).</summary>
internal static class KernelCpuid
{
    private const uint Amd = 0x6874_7541;
    private const uint Hygon = 0x6F67_7948;

    internal static CpuidBits Execute(IReadOnlyList<CpuidBits> table, uint function, uint index)
    {
        if ((Find(table, function, index) ?? OutOfRange(table, function, index)) is { } entry)
        {
            return entry;
        }

        return function is 0xB or 0x1F && Find(table, function, 1) is { } topology
            ? new CpuidBits(function, index, 0, 0, 0, index & 0xFF, topology.Edx)
            : default;
    }

    private static CpuidBits? OutOfRange(IReadOnlyList<CpuidBits> table, uint function, uint index)
    {
        if (Find(table, 0, 0) is not { } basic || basic.Ebx is Amd or Hygon)
        {
            return null;
        }

        uint start = function is >= 0x4000_0000 and <= 0x4FFF_FFFF ? function & 0xFFFF_FF00 : function >= 0xC000_0000 ? 0xC000_0000 : function & 0x8000_0000;
        return Find(table, start, 0) is { } top && function <= top.Eax ? null : Find(table, basic.Eax, index);
    }

    private static CpuidBits? Find(IReadOnlyList<CpuidBits> table, uint function, uint index)
    {
        foreach (CpuidBits entry in table)
        {
            if (entry.Function == function && ((entry.Flags & 1) == 0 || entry.Index == index))
            {
                return entry;
            }
        }

        return null;
    }
}
