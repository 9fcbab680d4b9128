using System.Runtime.InteropServices;

namespace Vmm.Tdx.Firmware.Hobs;

/// <summary>Header of every HOB (EFI_HOB_GENERIC_HEADER).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HobHeader
{
    public HobType Type;

    /// <summary>Size with the header, in bytes.</summary>
    public ushort Length;
    private readonly uint _reserved;
}
