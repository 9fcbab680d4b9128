using System.ComponentModel.DataAnnotations;

namespace Vmm.Devices.Virtio.Console;

/// <summary>A port of a <see cref="VirtioConsole"/>.</summary>
public sealed record ConsolePortOptions
{
    /// <summary>Its name in the guest, as in /dev/virtio-ports/NAME; up to 64 printable ASCII characters without a slash.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>The byte stream on the other end.</summary>
    public string Stream { get; init; } = "none";

    /// <summary>Whether it is a console: hvc1 and so on.</summary>
    public bool Console { get; init; }
}
