namespace Vmm.Core.Machine;

/// <summary>Where a machine is in its life.</summary>
public enum MachineState
{
    /// <summary>Assembled, no vCPU has run.</summary>
    Created,

    /// <summary>vCPUs run.</summary>
    Running,

    /// <summary>vCPUs are parked between two exits.</summary>
    Paused,

    /// <summary>Ended; the outcome says how.</summary>
    Ended,
}
