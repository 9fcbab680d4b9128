namespace Vmm.Host.Running;

/// <summary>What can happen in a run.</summary>
public enum RunEventKind
{
    /// <summary>A life of the guest begins.</summary>
    Running,

    /// <summary>The guest was paused.</summary>
    Paused,

    /// <summary>The guest goes on.</summary>
    Resumed,

    /// <summary>A life of the guest has ended, and another one follows.</summary>
    Reset,

    /// <summary>The run is over.</summary>
    Ended,

    /// <summary>A device was added.</summary>
    DeviceAttached,

    /// <summary>A device was removed.</summary>
    DeviceDetached,

    /// <summary>Other rules answer CPUID or MSR accesses.</summary>
    PolicyChanged,
}
