using System.Numerics;
using Vmm.Core.Machine;

namespace Vmm.Tdx.Policies;

/// <summary>Writes the facts of a machine over what the host reports. Rules come afterwards and can change these leaves too.</summary>
internal static class CpuidFacts
{
    private const uint CrystalHz = 25_000_000; // TDX counts the TSC in units of 25 MHz
    private const uint KhzPerUnit = CrystalHz / 1000;
    private const uint KhzPerMhz = 1000;

    private const uint FeaturesEbxKept = 0x0000_FFFF; // brand index and CLFLUSH size
    private const int CpuCountShift = 16;
    private const int InitialApicIdShift = 24;
    private const uint MaxCpuCount = 0xFF;

    private const uint ThreadLevel = 1 << 8;
    private const uint CoreLevel = 2 << 8;
    private const uint PhysicalBitsMask = 0xFF;

    // EBX, EDX, ECX spell "IntelTDX    ".
    private static readonly CpuidResult TdxSignature = new(0, 0x6574_6E49, 0x2020_2020, 0x5844_546C);

    internal static List<CpuidEntry> Apply(ReadOnlySpan<CpuidEntry> host, MachineFacts facts, int vcpuIndex)
    {
        uint apicId = (uint)vcpuIndex;
        uint count = (uint)facts.VcpuCount;
        List<CpuidEntry> entries = [];
        foreach (CpuidEntry entry in host)
        {
            switch (entry.Function)
            {
                case CpuidLeaf.Features:
                    uint counted = Math.Min(count, MaxCpuCount) << CpuCountShift;
                    entries.Add(entry with { Ebx = (entry.Ebx & FeaturesEbxKept) | counted | (apicId << InitialApicIdShift) });
                    break;
                case CpuidLeaf.AddressSizes:
                    entries.Add(entry with { Eax = (entry.Eax & ~PhysicalBitsMask) | (uint)facts.PhysicalBits });
                    break;
                case CpuidLeaf.Topology or CpuidLeaf.Tsc or CpuidLeaf.Frequency or CpuidLeaf.Tdx:
                    break; // replaced below
                default:
                    entries.Add(entry);
                    break;
            }
        }

        // One thread a core, all cores in one package.
        int coreBits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2(count));
        entries.Add(Indexed(CpuidLeaf.Topology, 0, new(0, 1, ThreadLevel, apicId)));
        entries.Add(Indexed(CpuidLeaf.Topology, 1, new((uint)coreBits, count, CoreLevel | 1, apicId)));

        // Linux multiplies crystal kHz by EBX in 32 bits: ratios other than units of 25 MHz would overflow it.
        entries.Add(Plain(CpuidLeaf.Tsc, new(1, facts.TscKhz / KhzPerUnit, CrystalHz, 0)));
        entries.Add(Plain(CpuidLeaf.Frequency, new(facts.TscKhz / KhzPerMhz, facts.TscKhz / KhzPerMhz, 0, 0)));
        if (facts.Guest == GuestKinds.Td)
        {
            entries.Add(Indexed(CpuidLeaf.Tdx, 0, TdxSignature));
        }

        return entries;
    }

    private static CpuidEntry Plain(uint function, CpuidResult value) => new(function, 0, 0, value.Eax, value.Ebx, value.Ecx, value.Edx);

    private static CpuidEntry Indexed(uint function, uint index, CpuidResult value) =>
        new(function, index, CpuidEntry.SignificantIndex, value.Eax, value.Ebx, value.Ecx, value.Edx);
}
