namespace Vmm.Core.Interrupts;

/// <summary>Hands out lines for message-signalled interrupts: KVM's irqfds, or a test's.</summary>
public interface IMsiLines
{
    /// <summary>Makes a line that has no message yet. It lives as long as the machine.</summary>
    IMsiLine Create();
}
