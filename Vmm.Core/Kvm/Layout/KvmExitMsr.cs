using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_X86_RDMSR and KVM_EXIT_X86_WRMSR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitMsr
{
    /// <summary>Set to 1 to raise #GP.</summary>
    public byte Error;

    private readonly Padding7 _padding;

    /// <summary>KVM_MSR_EXIT_REASON_*.</summary>
    public uint Reason;

    /// <summary>Register number.</summary>
    public uint Index;

    /// <summary>Value.</summary>
    public ulong Data;

    [InlineArray(7)]
    private struct Padding7
    {
        private byte _element;
    }
}
