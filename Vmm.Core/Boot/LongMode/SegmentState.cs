namespace Vmm.Core.Boot.LongMode;

/// <summary>A segment register with its hidden part (Intel SDM volume 3, 3.4.5); base 0 and limit 4 GiB throughout.</summary>
/// <param name="Selector">The visible part.</param>
/// <param name="Type">The four type bits.</param>
/// <param name="IsSystem">Whether it is a system segment (S = 0), such as a TSS.</param>
/// <param name="IsLong">L: 64-bit code.</param>
/// <param name="IsDefault32">D/B.</param>
public readonly record struct SegmentState(ushort Selector, byte Type, bool IsSystem, bool IsLong, bool IsDefault32)
{
    /// <summary>Limit in bytes.</summary>
    public const uint Limit = 0xFFFF_FFFF;

    private const ulong FlatLimit = 0x000F_0000_0000_FFFF;
    private const int TypeShift = 40;
    private const ulong NotSystem = 1UL << 44;
    private const ulong Present = 1UL << 47;
    private const ulong Long = 1UL << 53;
    private const ulong Default32 = 1UL << 54;
    private const ulong Granularity = 1UL << 55;

    /// <summary>64-bit code, execute and read, accessed.</summary>
    public static SegmentState Code64 { get; } = new(0x10, 0xB, IsSystem: false, IsLong: true, IsDefault32: false);

    /// <summary>Data, read and write, accessed.</summary>
    public static SegmentState Data { get; } = new(0x18, 0x3, IsSystem: false, IsLong: false, IsDefault32: true);

    /// <summary>A busy 64-bit TSS: what VM entry demands of TR. The null selector says that the GDT has none.</summary>
    public static SegmentState Task { get; } = new(0, 0xB, IsSystem: true, IsLong: false, IsDefault32: false);

    /// <summary>The descriptor that a GDT holds for it.</summary>
    public ulong Descriptor => FlatLimit | Present | Granularity | ((ulong)Type << TypeShift)
        | (IsSystem ? 0 : NotSystem) | (IsLong ? Long : 0) | (IsDefault32 ? Default32 : 0);
}
