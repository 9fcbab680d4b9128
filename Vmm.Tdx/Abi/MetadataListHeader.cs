using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>First quadword of a metadata list, as TDG.SYS.RDALL writes it. Sequences follow: a field identifier, then one quadword an element.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct MetadataListHeader
{
    /// <summary>Bytes of the list that are in use, this header included.</summary>
    public ushort Size;

    /// <summary>Number of sequences.</summary>
    public ushort Sequences;

    /// <summary>Zero.</summary>
    public uint Reserved;
}
