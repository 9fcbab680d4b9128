namespace Vmm.Core.Machine;

/// <summary>What vCPU threads are told to do.</summary>
public enum VcpuCommand
{
    /// <summary>Run the guest.</summary>
    Run,

    /// <summary>Park between two exits.</summary>
    Pause,

    /// <summary>Leave for good.</summary>
    Stop,
}
