using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>Event suppression structure of a packed queue (virtio 1.2, 2.8.14): when its owner wants to be notified.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EventSuppression
{
    /// <summary>Where the wrap counter lies in <see cref="OffsetAndWrap"/>.</summary>
    public const int WrapShift = 15;

    public const ushort Enable = 0;
    public const ushort Disable = 1;
    public const ushort AtDescriptor = 2;

    public ushort OffsetAndWrap;
    public ushort Flags;
}
