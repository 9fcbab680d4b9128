using System.Runtime.InteropServices;

namespace Vmm.Tdx.Firmware.Hobs;

/// <summary>The first HOB (EFI_HOB_HANDOFF_INFO_TABLE). A TD's firmware looks for its memory in the resource descriptors, so the bounds are zero.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HobHandoff
{
    /// <summary>EFI_HOB_HANDOFF_TABLE_VERSION.</summary>
    internal const uint CurrentVersion = 9;

    public HobHeader Header;
    public uint Version;
    public uint BootMode;
    public ulong MemoryTop;
    public ulong MemoryBottom;
    public ulong FreeMemoryTop;
    public ulong FreeMemoryBottom;

    /// <summary>Guest-physical address behind the last HOB.</summary>
    public ulong EndOfHobList;
}
