namespace Vmm.Core.Interrupts;

/// <summary>One input of the I/O APIC.</summary>
internal sealed class IoApicPin(IoApic ioApic) : IInterruptLine
{
    private volatile bool _asserted;

    /// <summary>Its entry of the redirection table; guarded by the I/O APIC's gate.</summary>
    public RedirectionEntry Entry { get; set; } = RedirectionEntry.Reset;

    /// <summary>The level of the line; written under the I/O APIC's gate.</summary>
    public bool Asserted
    {
        get => _asserted;
        set => _asserted = value;
    }

    /// <inheritdoc/>
    public void Drive(bool asserted)
    {
        // Devices drive the level anew after every register access; nearly always it is the old one.
        if (_asserted != asserted)
        {
            ioApic.Drive(this, asserted);
        }
    }
}
