namespace Vmm.Tdx.Module.Pages;

/// <summary>An access that the guest's page states forbid: what Secure EPT reports on hardware.</summary>
/// <param name="Gpa">Guest-physical address as the guest used it, with the shared bit if it set that.</param>
/// <param name="Access">What it tried.</param>
/// <param name="State">The state of the page.</param>
public readonly record struct SeptViolation(ulong Gpa, GuestAccess Access, PageState State)
{
    /// <summary>A clause for messages, e.g. <c>private read of shared page 0x1234000</c>.</summary>
    public string Describe(bool sharedAlias) =>
        $"{(sharedAlias ? "shared" : "private")} {Access.ToString().ToLowerInvariant()} of {Name(State)} 0x{Gpa:x}";

    private static string Name(PageState state) => state switch
    {
        PageState.Private => "private page",
        PageState.Pending => "page that was never accepted,",
        PageState.Shared => "shared page",
        _ => "address without memory,",
    };
}
