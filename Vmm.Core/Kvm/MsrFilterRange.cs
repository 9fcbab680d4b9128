namespace Vmm.Core.Kvm;

/// <summary>Registers whose access exits to user space instead of being served by KVM.</summary>
/// <param name="First">First register.</param>
/// <param name="Count">Number of registers, at least 1.</param>
/// <param name="Access">Which accesses exit.</param>
public readonly record struct MsrFilterRange(uint First, int Count, MsrFilterAccess Access);
