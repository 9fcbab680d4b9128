namespace Vmm.Host.Errors;

/// <summary>
/// Exit codes of <c>vmm</c>. A guest that ends with a code of its own gives that one; the rest follow sysexits.h where it has a name for the
/// case. docs/exit-codes.md is the user's copy.
/// </summary>
public enum ExitCode
{
    /// <summary>Done; the guest powered itself off.</summary>
    Success = 0,

    /// <summary>The answer is no: two measurements differ, a quote does not verify.</summary>
    No = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 64,

    /// <summary>A configuration, a policy or an image is wrong.</summary>
    BadData = 65,

    /// <summary>An input file is missing or cannot be read.</summary>
    NoInput = 66,

    /// <summary>This host cannot do it: no /dev/kvm, or KVM lacks a capability.</summary>
    HostCannot = 69,

    /// <summary>A bug of ours.</summary>
    Internal = 70,

    /// <summary>The operating system refused something, such as memory.</summary>
    OperatingSystem = 71,

    /// <summary>An output file cannot be written.</summary>
    CannotCreate = 73,

    /// <summary>It was not done in time; trying again may help.</summary>
    TimedOut = 75,

    /// <summary>Permission denied, e.g. on /dev/kvm.</summary>
    NoPermission = 77,

    /// <summary>The guest reported a fatal error (TDVMCALL ReportFatalError).</summary>
    GuestFatal = 80,

    /// <summary>The guest crashed: triple fault, or it broke the isolation rules of a TD.</summary>
    GuestCrashed = 81,

    /// <summary>A device failed: a plugin's that cannot be created, one that must not fail (<c>onFault</c>), or one under <c>vmm plugins test</c>.</summary>
    DeviceFailed = 82,

    /// <summary>Ended by Ctrl-C or by the console's escape key.</summary>
    Interrupted = 130,

    /// <summary>Killed over the control API, or by SIGKILL.</summary>
    Killed = 137,

    /// <summary>Ended by SIGTERM.</summary>
    Terminated = 143,
}
