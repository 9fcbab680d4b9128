namespace Vmm.Core.Memory;

/// <summary>A run of guest memory that a guest has named: a wish, until <see cref="IDeviceMemory"/> grants it.</summary>
/// <param name="Gpa">First guest-physical address, with or without the shared bit.</param>
/// <param name="Length">Length in bytes.</param>
public readonly record struct GuestSegment(ulong Gpa, int Length);
