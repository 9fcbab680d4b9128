namespace Vmm.Core.Kvm;

/// <summary>KVM_SYSTEM_EVENT_* (linux/kvm.h).</summary>
public enum KvmSystemEvent : uint
{
    /// <summary>Power-off.</summary>
    Shutdown = 1,

    /// <summary>Reset.</summary>
    Reset = 2,

    /// <summary>Crash.</summary>
    Crash = 3,

    /// <summary>TDVMCALL ReportFatalError.</summary>
    TdxFatal = 7,
}
