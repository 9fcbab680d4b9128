using System.Runtime.InteropServices;

namespace Vmm.Tdx.Firmware.Hobs;

/// <summary>A run of guest memory (EFI_HOB_RESOURCE_DESCRIPTOR).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HobResource
{
    /// <summary>EFI_RESOURCE_ATTRIBUTE_PRESENT, INITIALIZED and TESTED.</summary>
    internal const uint UsableMemory = 1 | 2 | 4;

    public HobHeader Header;
    public Guid Owner;
    public HobResourceType Type;
    public uint Attributes;
    public ulong Start;
    public ulong Length;
}
