namespace Vmm.Host.Configuration;

/// <summary>What the guest is.</summary>
public enum GuestKind
{
    /// <summary>A TD: an Intel TDX guest.</summary>
    Td,

    /// <summary>A guest that is no TD, for comparisons and plain kernels.</summary>
    Ordinary,
}
