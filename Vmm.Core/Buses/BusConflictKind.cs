namespace Vmm.Core.Buses;

/// <summary>Why devices cannot be put on one set of buses.</summary>
public enum BusConflictKind
{
    /// <summary>Two devices have the same name.</summary>
    DuplicateName,

    /// <summary>A range is empty or reaches beyond the end of its address space.</summary>
    InvalidRange,

    /// <summary>Two ranges share addresses.</summary>
    Overlap,
}
