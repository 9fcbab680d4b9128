namespace Vmm.Devices.Virtio;

/// <summary>Device types (virtio 1.2, 5).</summary>
public enum VirtioDeviceType
{
    /// <summary>Network card.</summary>
    Network = 1,

    /// <summary>Block device.</summary>
    Block = 2,

    /// <summary>Console.</summary>
    Console = 3,

    /// <summary>Entropy source.</summary>
    Entropy = 4,

    /// <summary>Memory balloon.</summary>
    Balloon = 5,

    /// <summary>Socket device.</summary>
    Socket = 19,
}
