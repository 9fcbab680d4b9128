using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Acpi;

/// <summary>Header of every ACPI table but the RSDP (ACPI 6.5, 5.2.6).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiTableHeader
{
    public Name4 Signature;
    public uint Length;
    public byte Revision;
    public byte Checksum;
    public Name6 OemId;
    public Name8 OemTableId;
    public uint OemRevision;
    public Name4 CreatorId;
    public uint CreatorRevision;

    [InlineArray(4)]
    internal struct Name4
    {
        private byte _first;
    }

    [InlineArray(6)]
    internal struct Name6
    {
        private byte _first;
    }

    [InlineArray(8)]
    internal struct Name8
    {
        private byte _first;
    }
}
