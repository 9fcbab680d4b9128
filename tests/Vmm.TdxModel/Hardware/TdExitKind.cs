namespace Vmm.TdxModel.Hardware;

/// <summary>Why a TD came back from TDH.VP.ENTER.</summary>
public enum TdExitKind
{
    /// <summary>TDG.VP.VMCALL.</summary>
    VmCall,

    /// <summary>EPT violation: nothing is mapped at an address.</summary>
    EptViolation,

    /// <summary>EPT violation on a page that the guest has not accepted, where it takes no #VE.</summary>
    PendingPage,

    /// <summary>Triple fault.</summary>
    TripleFault,

    /// <summary>A signal for the thread.</summary>
    Interrupted,

    /// <summary>TDH.VP.ENTER failed.</summary>
    Failed,
}
