namespace Vmm.Core.Paging;

/// <summary>What a translation allows, and whether the processor has noted its use in the tables.</summary>
[Flags]
public enum PageRights
{
    /// <summary>Supervisor reads and fetches only.</summary>
    None = 0,

    /// <summary>Writes (all levels).</summary>
    Writable = 1,

    /// <summary>CPL 3 (all levels).</summary>
    User = 2,

    /// <summary>Fetches (no level forbids them).</summary>
    Executable = 4,

    /// <summary>Accessed bits are set at all levels and the dirty bit at the last: a write changes no table.</summary>
    Dirty = 8,
}
