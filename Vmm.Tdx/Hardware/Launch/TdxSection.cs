using Vmm.Core.Memory;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>A run of pages that is added to a TD before it runs.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Range">Where; whole pages.</param>
/// <param name="IsMeasured">Whether the contents go into MRTD, and not only the addresses.</param>
public sealed record TdxSection(string Name, MemoryRange Range, bool IsMeasured);
