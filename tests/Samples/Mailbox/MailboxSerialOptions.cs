using System.ComponentModel.DataAnnotations;

namespace Mailbox;

/// <summary>Options of <see cref="MailboxSerialDevice"/>. The defaults are those of COM2.</summary>
public sealed record MailboxSerialOptions
{
    /// <summary>First of the eight ports.</summary>
    [Range(0x100, 0xFFF8)]
    public ushort Port { get; init; } = 0x2F8;

    /// <summary>Global system interrupt of the interrupt line.</summary>
    public int Irq { get; init; } = 3;

    /// <summary>What the guest can ask for; values of one line.</summary>
    public IReadOnlyList<MailboxEntry> Entries { get; init; } = [];

    /// <summary>A file with more of it, a line each: KEY=VALUE. It may change while the guest runs.</summary>
    public FileInfo? File { get; init; }
}
