namespace Vmm.Devices.Virtio.Block;

/// <summary>What the image of a disk is.</summary>
public enum DiskFormat
{
    /// <summary>Raw, unless it looks like an image of another format: then it is refused.</summary>
    Auto,

    /// <summary>Raw, whatever it looks like.</summary>
    Raw,
}
