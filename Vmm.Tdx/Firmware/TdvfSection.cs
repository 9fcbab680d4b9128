using System.Runtime.InteropServices;

namespace Vmm.Tdx.Firmware;

/// <summary>A section of a TDVF image, in its wire layout.</summary>
/// <param name="DataOffset">Where its data are in the image.</param>
/// <param name="RawDataSize">Bytes of data.</param>
/// <param name="MemoryAddress">Guest-physical address.</param>
/// <param name="MemoryDataSize">Bytes of memory; what exceeds the data is zero.</param>
/// <param name="Type">What it is for.</param>
/// <param name="Attributes">How it is loaded.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct TdvfSection(
    uint DataOffset, uint RawDataSize, ulong MemoryAddress, ulong MemoryDataSize, TdvfSectionType Type, TdvfAttributes Attributes)
{
    /// <summary>Whether the launch adds its pages.</summary>
    public bool IsAdded => MemoryDataSize != 0 && !Attributes.HasFlag(TdvfAttributes.PageAug) && Type is not (TdvfSectionType.TdInfo or TdvfSectionType.TdParams);
}
