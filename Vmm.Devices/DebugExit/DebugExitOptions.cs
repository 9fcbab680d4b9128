namespace Vmm.Devices.DebugExit;

/// <summary>Options of <see cref="DebugExitPort"/>.</summary>
public sealed record DebugExitOptions
{
    /// <summary>First of the four ports.</summary>
    public ushort Port { get; init; } = 0xF4;
}
