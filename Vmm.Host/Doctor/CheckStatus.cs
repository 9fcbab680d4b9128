namespace Vmm.Host.Doctor;

/// <summary>How a check went.</summary>
public enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, not as well as it could.</summary>
    Warn,

    /// <summary>Not there.</summary>
    Missing,
}
