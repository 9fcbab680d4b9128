namespace Vmm.Host.Configuration;

/// <summary>What a reset by the guest does.</summary>
public enum RebootAction
{
    /// <summary>The guest starts again.</summary>
    Reset,

    /// <summary>The process ends with exit code 0.</summary>
    Exit,
}
