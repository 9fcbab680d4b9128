using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>A kernel in guest memory.</summary>
public sealed record LoadedKernel
{
    /// <summary>Guest-physical address of the 64-bit entry point.</summary>
    public required ulong Entry { get; init; }

    /// <summary>What was copied, in ascending order.</summary>
    public required IReadOnlyList<LoadedRange> Loaded { get; init; }

    /// <summary>What the kernel needs until it manages memory itself: the above, .bss and working areas.</summary>
    public required IReadOnlyList<MemoryRange> Occupied { get; init; }

    /// <summary>The setup header for boot_params.</summary>
    public required ReadOnlyMemory<byte> SetupHeader { get; init; }

    /// <summary>The decompressor, when it is what was loaded.</summary>
    public Decompressor? Decompressor { get; init; }
}
