using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_TDX for SetupEventNotifyInterrupt.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitTdxSetupNotify
{
    /// <summary>Status for the guest's R10; KVM starts it as SUBFUNC_UNSUPPORTED.</summary>
    public ulong Result;

    /// <summary>Vector, 32 to 255.</summary>
    public ulong Vector;
}
