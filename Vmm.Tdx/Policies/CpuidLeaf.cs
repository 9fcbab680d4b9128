namespace Vmm.Tdx.Policies;

/// <summary>Leaves of CPUID that mean something here.</summary>
internal static class CpuidLeaf
{
    internal const uint Basic = 0;
    internal const uint Features = 1;
    internal const uint StructuredFeatures = 7;
    internal const uint Topology = 0xB;
    internal const uint Tsc = 0x15;
    internal const uint Frequency = 0x16;
    internal const uint TopologyV2 = 0x1F;
    internal const uint Tdx = 0x21;
    internal const uint Hypervisor = 0x4000_0000;
    internal const uint HypervisorLast = 0x4FFF_FFFF;
    internal const uint KvmFeatures = 0x4000_0001;
    internal const uint Extended = 0x8000_0000;
    internal const uint AddressSizes = 0x8000_0008;
    internal const uint Centaur = 0xC000_0000;
}
