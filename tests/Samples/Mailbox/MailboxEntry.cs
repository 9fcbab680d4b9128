using System.ComponentModel.DataAnnotations;

namespace Mailbox;

/// <summary>One value for the guest.</summary>
public sealed record MailboxEntry
{
    /// <summary>What the guest asks for it by.</summary>
    [MaxLength(MailboxDevice.WindowSize - 1)]
    public required string Key { get; init; }

    /// <summary>The value.</summary>
    [MaxLength(MailboxDevice.MaxValueLength)]
    public required string Value { get; init; }
}
