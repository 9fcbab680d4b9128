namespace Vmm.Devices.Debug;

/// <summary>Options of <see cref="DebugConsole"/>.</summary>
public sealed record DebugConsoleOptions
{
    /// <summary>The port.</summary>
    public ushort Port { get; init; } = 0xE9;

    /// <summary>Name of the byte stream that takes the output.</summary>
    public string Stream { get; init; } = "debug";
}
