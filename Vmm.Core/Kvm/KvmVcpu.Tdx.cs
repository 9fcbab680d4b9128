using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>What a vCPU of a TD has besides. All of it comes before the TD is finalised.</summary>
public sealed unsafe partial class KvmVcpu
{
    /// <summary>KVM_TDX_INIT_VCPU; after <see cref="SetCpuid"/>, in ascending order of vCPUs.</summary>
    /// <param name="initial">What the guest finds in RCX and R8: by convention the address of the TD HOB list.</param>
    public KvmTdxResult InitTdVcpu(ulong initial) => _handle.TdxCommand(KvmTdxCommand.InitVcpu, 0, initial);

    /// <summary>KVM_TDX_INIT_MEM_REGION: adds private pages with contents. Any initialised vCPU will do.</summary>
    /// <param name="region">What to add; after EINTR or EAGAIN, what is left of it.</param>
    /// <param name="flags">Whether the contents are measured.</param>
    public KvmTdxResult InitTdMemory(ref KvmTdxInitMemRegion region, KvmTdxRegionFlags flags)
    {
        fixed (KvmTdxInitMemRegion* pointer = &region)
        {
            return _handle.TdxCommand(KvmTdxCommand.InitMemRegion, (uint)flags, (ulong)pointer);
        }
    }

    /// <summary>KVM_TDX_GET_CPUID: what the TDX module shows the guest, as far as it shows anything itself.</summary>
    public KvmTdxResult GetTdCpuid(out KvmCpuidEntry2[] entries)
    {
        KvmTdxResult answer = default;
        (_, CpuidTable<KvmCpuid2> table) = CpuidTable<KvmCpuid2>.Grow(table =>
        {
            answer = table.Pass(_handle, KvmTdxCommand.GetCpuid);
            return -answer.Errno;
        });
        entries = answer.Succeeded ? table.Entries.ToArray() : [];
        return answer;
    }
}
