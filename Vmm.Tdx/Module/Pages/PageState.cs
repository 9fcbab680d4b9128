namespace Vmm.Tdx.Module.Pages;

/// <summary>State of a 4 KiB page of a TD.</summary>
public enum PageState
{
    /// <summary>No memory.</summary>
    Absent,

    /// <summary>Private and accepted: the guest's own.</summary>
    Private,

    /// <summary>Private, but the guest has yet to accept it; reads as zeros then.</summary>
    Pending,

    /// <summary>Shared with the VMM and devices.</summary>
    Shared,
}
