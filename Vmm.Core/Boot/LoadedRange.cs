using Vmm.Core.Memory;

namespace Vmm.Core.Boot;

/// <summary>A range of guest memory that a loader filled: what there is to measure, and to scan for instructions.</summary>
/// <param name="Content">What it holds.</param>
/// <param name="Range">Where; of the length that was written, so not page-aligned.</param>
public sealed record LoadedRange(LoadedContent Content, MemoryRange Range);
