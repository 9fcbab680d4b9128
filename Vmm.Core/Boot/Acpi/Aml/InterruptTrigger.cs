namespace Vmm.Core.Boot.Acpi.Aml;

/// <summary>How an interrupt is signalled.</summary>
public enum InterruptTrigger
{
    /// <summary>Edge-triggered, active high, exclusive: ISA.</summary>
    Edge,

    /// <summary>Level-triggered, active low, shared: PCI.</summary>
    LevelLow,

    /// <summary>Level-triggered, active high, exclusive.</summary>
    LevelHigh,
}
