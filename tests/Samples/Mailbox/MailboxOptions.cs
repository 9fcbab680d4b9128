using System.ComponentModel.DataAnnotations;

namespace Mailbox;

/// <summary>Options of <see cref="MailboxDevice"/>.</summary>
public sealed record MailboxOptions
{
    /// <summary>First of the 68 ports; a multiple of 64 is easiest for dd in the guest.</summary>
    [Range(0x100, 0x10000 - MailboxDevice.PortCount)]
    public ushort Port { get; init; } = 0x540;

    /// <summary>What the guest can ask for.</summary>
    public IReadOnlyList<MailboxEntry> Entries { get; init; } = [];

    /// <summary>A file with more of it, a line each: KEY=VALUE. It may change while the guest runs.</summary>
    public FileInfo? File { get; init; }
}
