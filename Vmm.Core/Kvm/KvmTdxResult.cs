using Vmm.Core.Interop;

namespace Vmm.Core.Kvm;

/// <summary>What KVM_MEMORY_ENCRYPT_OP answered.</summary>
/// <param name="Errno">Error number; 0 for success.</param>
/// <param name="HardwareError">Completion status of the TDX module where it is what refused; 0 if it is not, and always 0 from a vCPU.</param>
public readonly record struct KvmTdxResult(int Errno, ulong HardwareError)
{
    /// <summary>Whether it was done.</summary>
    public bool Succeeded => Errno == 0;

    /// <summary>Whether the same may succeed soon: a signal came, or something was busy.</summary>
    public bool IsTransient => Errno is Libc.EINTR or Libc.EAGAIN or Libc.EBUSY;

    /// <summary>Whether only a signal came.</summary>
    public bool IsInterrupted => Errno == Libc.EINTR;
}
