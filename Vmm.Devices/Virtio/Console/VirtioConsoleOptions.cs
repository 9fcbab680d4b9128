namespace Vmm.Devices.Virtio.Console;

/// <summary>Options of <see cref="VirtioConsole"/>.</summary>
public sealed record VirtioConsoleOptions
{
    /// <summary>The byte stream of port 0, which is the console hvc0.</summary>
    public string Stream { get; init; } = "none";

    /// <summary>Further ports, at most 15.</summary>
    public IReadOnlyList<ConsolePortOptions> Ports { get; init; } = [];
}
