namespace Vmm.Host.Configuration;

/// <summary>How an emulated TD's trapped accesses are served.</summary>
public enum VeMode
{
    /// <summary>As on hardware: the guest takes #VE and asks by TDVMCALL.</summary>
    Architectural,

    /// <summary>The VMM serves the access at once, without #VE: quicker, less true.</summary>
    Fast,
}
