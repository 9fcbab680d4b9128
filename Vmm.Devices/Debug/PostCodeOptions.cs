namespace Vmm.Devices.Debug;

/// <summary>Options of <see cref="PostCode"/>.</summary>
public sealed record PostCodeOptions
{
    /// <summary>The port.</summary>
    public ushort Port { get; init; } = 0x80;
}
