using System.Collections.Immutable;

namespace Vmm.Core.Kvm;

/// <summary>One range of KVM's MSR filter: registers of which some are not served by KVM, but exit to user space.</summary>
/// <param name="First">First register.</param>
/// <param name="Count">Number of registers; at most 0x3000, as KVM takes it.</param>
/// <param name="Access">Which accesses the range is about.</param>
/// <param name="Allowed">One bit a register, the first in bit 0 of byte 0: 1 lets KVM serve it, 0 makes it exit.</param>
public sealed record MsrFilterRange(uint First, uint Count, MsrFilterAccess Access, ImmutableArray<byte> Allowed);
