using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Boot.LongMode;

namespace Vmm.Core.Boot;

/// <summary>A guest that is loaded and ready to run.</summary>
public sealed record BootedKernel
{
    /// <summary>Registers of the first processor.</summary>
    public required ProcessorState BootProcessor { get; init; }

    /// <summary>Registers of the others, once they start through the mailbox; RIP is the vector that the guest writes there.</summary>
    public required ProcessorState ApplicationProcessor { get; init; }

    /// <summary>Guest-physical address of the wake-up mailbox, or null when the guest is told of none.</summary>
    public required ulong? MailboxAddress { get; init; }

    /// <summary>Guest-physical address of the RSDP.</summary>
    public required ulong RsdpAddress { get; init; }

    /// <summary>Everything that was written, in the order of loading. The same inputs give the same ranges with the same bytes.</summary>
    public required IReadOnlyList<LoadedRange> Loaded { get; init; }

    /// <summary>The decompressor, when it is what runs first.</summary>
    public required Decompressor? Decompressor { get; init; }

    /// <summary>Where everything lies.</summary>
    public required MemoryLayout Layout { get; init; }
}
