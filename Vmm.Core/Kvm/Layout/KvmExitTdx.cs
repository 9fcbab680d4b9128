using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_TDX: a TDVMCALL that KVM leaves to user space. The member to use follows from <see cref="Number"/>; all begin with the status.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct KvmExitTdx
{
    private const int Members = 2 * sizeof(ulong);

    /// <summary>Zero so far.</summary>
    [FieldOffset(0)]
    public ulong Flags;

    /// <summary>The TDVMCALL: R11 as the guest passed it.</summary>
    [FieldOffset(sizeof(ulong))]
    public ulong Number;

    /// <summary>GetQuote.</summary>
    [FieldOffset(Members)]
    public KvmExitTdxGetQuote GetQuote;

    /// <summary>GetTdVmCallInfo.</summary>
    [FieldOffset(Members)]
    public KvmExitTdxGetInfo GetInfo;

    /// <summary>SetupEventNotifyInterrupt.</summary>
    [FieldOffset(Members)]
    public KvmExitTdxSetupNotify SetupNotify;
}
