namespace Vmm.Tdx.VmCalls;

/// <summary>What became of a conversion.</summary>
public enum MapGpaOutcome
{
    /// <summary>All pages are in the wanted state.</summary>
    Converted,

    /// <summary>The run holds no RAM at all. Guests convert ranges of device registers too, and are told that it worked.</summary>
    NotMemory,

    /// <summary>The run is partly RAM, or the host could not do it: nothing is promised about its pages.</summary>
    Refused,
}
