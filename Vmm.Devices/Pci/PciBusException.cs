namespace Vmm.Devices.Pci;

/// <summary>Devices cannot be put on one PCI bus.</summary>
/// <param name="message">Which ones, and why.</param>
public sealed class PciBusException(string message) : Exception(message);
