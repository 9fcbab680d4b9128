namespace Vmm.Core.Machine;

/// <summary>What ended the life of a machine.</summary>
public enum MachineOutcomeKind
{
    /// <summary>The guest powered itself off.</summary>
    PowerOff,

    /// <summary>The guest asked for a reset: the host decides whether another life follows.</summary>
    Reset,

    /// <summary>The guest ended the run with an exit code.</summary>
    GuestExit,

    /// <summary>The guest reported a fatal error (TDVMCALL ReportFatalError).</summary>
    FatalError,

    /// <summary>The guest cannot go on: triple fault, isolation violation, halted for good.</summary>
    Crash,

    /// <summary>A device threw, and the machine must not go on with a broken device.</summary>
    DeviceFault,

    /// <summary>The user or the host stopped it.</summary>
    Stopped,

    /// <summary>KVM or the VMM failed.</summary>
    HostError,
}
