using Vmm.Core.Kvm;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Hardware.Exits;

/// <summary>
/// Has KVM leave to user space what it would answer otherwise than the handlers: then one policy holds for both backends. What the policy allows stays
/// with KVM, which is faster and answers the same.
/// </summary>
internal static class ForwardedCalls
{
    private const KvmMsrExitReason MsrExits = KvmMsrExitReason.Filter | KvmMsrExitReason.Unknown | KvmMsrExitReason.Inval;
    private const uint RangeSize = 0x2000;
    private const int BitsPerByte = 8;

    // The registers of the architecture, those of AMD64, and KVM's own. The x2APIC's are never filtered.
    private static readonly uint[] Ranges = [0, 0xC000_0000, 0x4B56_4D00];

    /// <summary>Tells KVM.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="msrs">What the guest's MSR accesses are to meet.</param>
    internal static void Enable(KvmVm vm, MsrPolicy msrs)
    {
        // Without this, a guest that was offered no paravirtual feature can use all of them.
        vm.EnableCap(KvmCap.EnforcePvFeatureCpuid, 1);
        vm.EnableCap(KvmCap.X86UserSpaceMsr, (ulong)MsrExits);
        vm.SetMsrFilter([.. Ranges.Select(first => Range(msrs, first, isWrite: false)), .. Ranges.Select(first => Range(msrs, first, isWrite: true))]);
    }

    private static MsrFilterRange Range(MsrPolicy msrs, uint first, bool isWrite)
    {
        byte[] allowed = new byte[RangeSize / BitsPerByte];
        for (uint i = 0; i < RangeSize; i++)
        {
            MsrRule rule = msrs.Find(first + i);
            if ((isWrite ? rule.Write : rule.Read) == MsrAction.Allow && !rule.Log)
            {
                allowed[i / BitsPerByte] |= (byte)(1 << (int)(i % BitsPerByte));
            }
        }

        return new MsrFilterRange(first, RangeSize, isWrite ? MsrFilterAccess.Write : MsrFilterAccess.Read, [.. allowed]);
    }
}
