namespace Vmm.Devices.Debug;

/// <summary>State of a <see cref="PostCode"/>.</summary>
/// <param name="History">The last codes, oldest first.</param>
public sealed record PostCodeState(IReadOnlyList<byte> History);
