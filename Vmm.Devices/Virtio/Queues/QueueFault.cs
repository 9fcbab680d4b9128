namespace Vmm.Devices.Virtio.Queues;

/// <summary>Why a device has stopped until its driver resets it.</summary>
public enum QueueFault
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The queue cannot be: its size or the alignment of its parts is wrong (virtio 1.2, 2.7 and 2.8).</summary>
    BadLayout,

    /// <summary>The queue or a buffer is not in memory that the device may reach: no RAM, or a private page of a TD.</summary>
    ForbiddenMemory,

    /// <summary>More buffers are available than the queue has room for.</summary>
    BadAvailableIndex,

    /// <summary>A descriptor is named that the table does not have.</summary>
    BadDescriptorIndex,

    /// <summary>A chain has more descriptors than it can have: it is a loop.</summary>
    ChainTooLong,

    /// <summary>A table of indirect descriptors where there must be none, or of an impossible size.</summary>
    BadIndirectTable,

    /// <summary>A buffer of no bytes, or one too long to be one.</summary>
    BadLength,

    /// <summary>A buffer to read follows one to write.</summary>
    ReadableAfterWritable,

    /// <summary>A chain that is right as such, and no request of this type of device.</summary>
    BadRequest,

    /// <summary>The device model itself failed.</summary>
    DeviceFailed,
}
