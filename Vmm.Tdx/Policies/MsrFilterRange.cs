using System.Collections.Immutable;

namespace Vmm.Tdx.Policies;

/// <summary>One range of KVM's MSR filter; the filter as a whole allows what no range covers.</summary>
/// <param name="First">First register.</param>
/// <param name="Count">Registers covered; a multiple of 8.</param>
/// <param name="Reads">Whether the range filters reads.</param>
/// <param name="Writes">Whether the range filters writes.</param>
/// <param name="Allowed">One bit a register: 1 lets KVM handle the access, 0 has it exit to become a #VE.</param>
public sealed record MsrFilterRange(uint First, uint Count, bool Reads, bool Writes, ImmutableArray<byte> Allowed);
