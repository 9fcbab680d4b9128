namespace Vmm.Core.Kvm;

/// <summary>Flags of KVM_TDX_INIT_MEM_REGION (asm/kvm.h).</summary>
[Flags]
public enum KvmTdxRegionFlags : uint
{
    /// <summary>Only the addresses go into MRTD.</summary>
    None = 0,

    /// <summary>KVM_TDX_MEASURE_MEMORY_REGION: the contents go into MRTD too.</summary>
    MeasureMemoryRegion = 1,
}
