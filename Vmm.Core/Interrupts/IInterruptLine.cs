namespace Vmm.Core.Interrupts;

/// <summary>One input of the interrupt controller, owned by one device.</summary>
public interface IInterruptLine
{
    /// <summary>Drives the line. Driving the level it already has is allowed and does nothing.</summary>
    /// <param name="asserted">New level.</param>
    void Drive(bool asserted);
}
