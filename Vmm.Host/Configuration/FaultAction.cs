namespace Vmm.Host.Configuration;

/// <summary>What follows when a device throws while it serves the guest.</summary>
public enum FaultAction
{
    /// <summary>The guest reads all-ones, or its write is lost, and it goes on.</summary>
    Continue,

    /// <summary>The machine is stopped.</summary>
    Stop,
}
