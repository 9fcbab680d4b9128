namespace Vmm.Core.Machine;

/// <summary>A device with a button that asks the guest to power off. Whether it does is the guest's to say.</summary>
public interface IPowerButton
{
    /// <summary>Presses and releases it; any thread may.</summary>
    void Press();
}
