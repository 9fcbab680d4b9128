using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>The registers in <c>struct kvm_run</c>, with the padding that linux/kvm.h gives them.</summary>
[StructLayout(LayoutKind.Explicit, Size = PaddedSize)]
public struct KvmSyncUnion
{
    // SYNC_REGS_SIZE_BYTES in linux/kvm.h
    private const int PaddedSize = 2048;

    /// <summary>The x86 registers.</summary>
    [FieldOffset(0)]
    public KvmSyncRegs Registers;
}
