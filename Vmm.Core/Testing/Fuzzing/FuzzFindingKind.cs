namespace Vmm.Core.Testing.Fuzzing;

/// <summary>What a device did that no device may do.</summary>
public enum FuzzFindingKind
{
    /// <summary>It threw.</summary>
    Exception,

    /// <summary>It did not come back.</summary>
    Hang,

    /// <summary>It keeps more and more memory.</summary>
    Growth,
}
