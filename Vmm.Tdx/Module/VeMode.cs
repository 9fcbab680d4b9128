namespace Vmm.Tdx.Module;

/// <summary>What happens to accesses for which a TDX module raises #VE.</summary>
public enum VeMode
{
    /// <summary>#VE is raised, so that the guest's own handler runs and asks by TDVMCALL.</summary>
    Architectural,

    /// <summary>They are served at once, with a third of the exits. For guests whose #VE handlers are not what is being tested.</summary>
    Fast,
}
