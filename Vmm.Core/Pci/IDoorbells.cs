namespace Vmm.Core.Pci;

/// <summary>What takes the writes to doorbells before they become exits: KVM, for guests whose writes it sees.</summary>
public interface IDoorbells
{
    /// <summary>Begins to take the writes to an address. Those that it does not take go to the device as ever.</summary>
    /// <param name="bell">The doorbell.</param>
    /// <param name="gpa">Where it lies now, without the shared bit.</param>
    void Connect(Doorbell bell, ulong gpa);

    /// <summary>Ends it; called with what <see cref="Connect"/> was called with.</summary>
    void Disconnect(Doorbell bell, ulong gpa);
}
