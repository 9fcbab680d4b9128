namespace Vmm.Core.Buses;

/// <summary>One reason why devices cannot be put on one set of buses.</summary>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Device">Name of the device concerned.</param>
/// <param name="Other">Name of the device it collides with; the same name when a device collides with itself, null when there is none.</param>
/// <param name="Message">The whole reason in words.</param>
public sealed record BusConflict(BusConflictKind Kind, string Device, string? Other, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
