namespace Vmm.Host.Configuration;

/// <summary>What follows when the guest reports a fatal error or crashes.</summary>
public enum FatalAction
{
    /// <summary>The process ends with the exit code of the case.</summary>
    Exit,

    /// <summary>The guest starts again.</summary>
    Reset,
}
