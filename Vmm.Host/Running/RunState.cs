namespace Vmm.Host.Running;

/// <summary>Where a run of a machine is.</summary>
public enum RunState
{
    /// <summary>The machine is being built; the guest does not run yet.</summary>
    Created,

    /// <summary>The guest runs.</summary>
    Running,

    /// <summary>The guest stands still between two instructions.</summary>
    Paused,

    /// <summary>A life of the guest has ended and the next one is being built.</summary>
    Resetting,

    /// <summary>It is over.</summary>
    Ended,
}
