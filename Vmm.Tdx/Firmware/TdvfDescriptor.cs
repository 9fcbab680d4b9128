using System.Runtime.InteropServices;

namespace Vmm.Tdx.Firmware;

/// <summary>Start of the TDVF metadata; <see cref="SectionCount"/> times <see cref="TdvfSection"/> follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TdvfDescriptor
{
    /// <summary>"TDVF".</summary>
    public uint Signature;

    /// <summary>Size of descriptor and sections.</summary>
    public uint Length;
    public uint Version;
    public uint SectionCount;
}
