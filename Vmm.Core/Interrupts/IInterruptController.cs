namespace Vmm.Core.Interrupts;

/// <summary>Hands out interrupt lines by global system interrupt number.</summary>
public interface IInterruptController
{
    /// <summary>The line of a global system interrupt.</summary>
    /// <param name="gsi">0 up to the number of I/O APIC pins (24) less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such pin.</exception>
    IInterruptLine GetLine(int gsi);
}
