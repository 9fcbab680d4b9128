namespace Vmm.Core.Interrupts;

/// <summary>What an I/O APIC can rely on.</summary>
public sealed record IoApicOptions
{
    /// <summary>Whether ends of interrupts are reported to it. Those of a TD on TDX hardware are not: KVM does not see them.</summary>
    public bool SeesEndsOfInterrupts { get; init; } = true;
}
