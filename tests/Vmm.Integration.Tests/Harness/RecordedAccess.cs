namespace Vmm.Integration.Tests.Harness;

/// <summary>One access to a <see cref="Recorder"/>.</summary>
/// <param name="Address">Port or guest-physical address.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsWrite">The guest wrote.</param>
/// <param name="Value">What was read or written.</param>
public sealed record RecordedAccess(ulong Address, int Size, bool IsWrite, ulong Value);
