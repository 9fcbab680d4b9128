namespace Vmm.Devices.Virtio.Rng;

/// <summary>Options of <see cref="VirtioRng"/>.</summary>
public sealed record VirtioRngOptions
{
    /// <summary>The most random bytes a guest gets a second, so that it cannot keep the host busy; 0 for no limit.</summary>
    public uint BytesPerSecond { get; init; } = 1 << 20;
}
