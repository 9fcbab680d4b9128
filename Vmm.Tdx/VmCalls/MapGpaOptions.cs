namespace Vmm.Tdx.VmCalls;

/// <summary>How MapGPA shares the host's time with the guest.</summary>
public sealed record MapGpaOptions
{
    /// <summary>
    /// 2 MiB chunks converted in one call; the guest is then told to call again. At least 1. Small values exercise a guest's RETRY path.
    /// </summary>
    public int ChunksPerCall { get; init; } = 64;
}
