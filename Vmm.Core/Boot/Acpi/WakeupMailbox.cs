using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Acpi;

/// <summary>
/// The multiprocessor wake-up mailbox (ACPI 6.5, 5.2.12.19), version 0. The guest writes id and vector, then the command; the processor
/// that is meant sets the command back to <see cref="NoOperation"/> and jumps to the vector.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct WakeupMailbox
{
    /// <summary>Command: nothing to do.</summary>
    public const ushort NoOperation = 0;

    /// <summary>Command: wake up.</summary>
    public const ushort Wakeup = 1;

    /// <summary>The command.</summary>
    public ushort Command;

    /// <summary>Zero.</summary>
    public ushort Reserved;

    /// <summary>The processor that is meant.</summary>
    public uint ApicId;

    /// <summary>Guest-physical address of its first instruction.</summary>
    public ulong WakeupVector;
}
