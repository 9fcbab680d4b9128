namespace Vmm.Devices.Virtio.Transport;

/// <summary>Where the structures of the transport lie in its BAR: a page for each, so that notifications can have theirs for themselves.</summary>
internal static class VirtioPciLayout
{
    public const int Bar = 0;

    public const uint StructureSize = 0x1000;

    public const uint BarSize = 4 * StructureSize;

    /// <summary>Bytes between the notification addresses of two queues.</summary>
    public const uint NotifyMultiplier = 4;

    /// <summary>The notification address of a queue (4.1.4.4).</summary>
    public static ulong NotifyOffsetOf(int queue) => OffsetOf(VirtioPciStructure.Notify) + ((ulong)queue * NotifyMultiplier);

    /// <summary>Where a structure starts.</summary>
    public static uint OffsetOf(VirtioPciStructure structure) => ((uint)structure - 1) * StructureSize;

    /// <summary>The structure that an offset lies in.</summary>
    public static VirtioPciStructure StructureAt(ulong offset) => (VirtioPciStructure)((offset / StructureSize) + 1);
}
