namespace Vmm.Core.Interrupts;

/// <summary>Which message a global system interrupt is.</summary>
/// <param name="Gsi">Global system interrupt number.</param>
/// <param name="Message">The message it sends.</param>
public readonly record struct MsiRoute(int Gsi, MsiMessage Message);
