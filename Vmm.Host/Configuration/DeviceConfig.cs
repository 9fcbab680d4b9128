namespace Vmm.Host.Configuration;

/// <summary>A device that a machine has.</summary>
/// <param name="Type">Type name of the device model, e.g. <c>uart16550</c>.</param>
/// <param name="Name">Instance name, unique in the machine.</param>
/// <param name="Options">The device's own options, read by the device model's options type.</param>
public sealed record DeviceConfig(string Type, string Name, ConfigNode Options)
{
    /// <summary>What follows when it throws while it serves the guest; null for what holds for the machine.</summary>
    public FaultAction? OnFault { get; init; }

    /// <summary>Where the device stands, for messages.</summary>
    internal ConfigLocation Location { get; init; } = Options.Location;
}
