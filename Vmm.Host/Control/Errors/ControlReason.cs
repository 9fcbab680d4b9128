namespace Vmm.Host.Control.Errors;

/// <summary>Why a call of the control API is refused. Protos/vmm/v1/machines.proto says what each means; on the wire it is the trailer <c>vmm-reason</c>.</summary>
public enum ControlReason
{
    /// <summary>no-such-machine.</summary>
    NoSuchMachine,

    /// <summary>name-taken.</summary>
    NameTaken,

    /// <summary>bad-name.</summary>
    BadName,

    /// <summary>bad-definition.</summary>
    BadDefinition,

    /// <summary>bad-argument.</summary>
    BadArgument,

    /// <summary>bad-policy.</summary>
    BadPolicy,

    /// <summary>wrong-state.</summary>
    WrongState,

    /// <summary>not-now.</summary>
    NotNow,

    /// <summary>run-failed.</summary>
    RunFailed,

    /// <summary>request-id-reused.</summary>
    RequestIdReused,

    /// <summary>did-not-stop.</summary>
    DidNotStop,

    /// <summary>events-forgotten.</summary>
    EventsForgotten,

    /// <summary>too-many-streams.</summary>
    TooManyStreams,

    /// <summary>too-large.</summary>
    TooLarge,

    /// <summary>no-room.</summary>
    NoRoom,

    /// <summary>not-allowed.</summary>
    NotAllowed,

    /// <summary>daemon-only.</summary>
    DaemonOnly,

    /// <summary>no-power-button.</summary>
    NoPowerButton,

    /// <summary>machine-gone.</summary>
    MachineGone,

    /// <summary>shutting-down.</summary>
    ShuttingDown,
}
