namespace Vmm.Core.Machine;

/// <summary>What an exit is about; the order is that of the columns of the statistics.</summary>
public enum VcpuExitKind
{
    /// <summary>Port I/O.</summary>
    Io,

    /// <summary>Access to an address without memory.</summary>
    Mmio,

    /// <summary>RDMSR.</summary>
    ReadMsr,

    /// <summary>WRMSR.</summary>
    WriteMsr,

    /// <summary>Access to memory that the mapping forbids (KVM_RUN = -EFAULT).</summary>
    ForbiddenMemory,

    /// <summary>End of a level-triggered interrupt.</summary>
    EndOfInterrupt,

    /// <summary>Hypercall.</summary>
    Hypercall,

    /// <summary>TDVMCALL that the kernel forwards.</summary>
    Tdx,

    /// <summary>System event.</summary>
    SystemEvent,

    /// <summary>The guest faulted three times over.</summary>
    TripleFault,

    /// <summary>A kick or another signal: look at the requests and go round again.</summary>
    Interrupted,

    /// <summary>KVM cannot go on.</summary>
    Failed,
}
