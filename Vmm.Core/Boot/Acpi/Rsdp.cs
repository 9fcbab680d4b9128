using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Acpi;

/// <summary>Root system description pointer, revision 2 (ACPI 6.5, 5.2.5.3).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Rsdp
{
    private const byte Revision2 = 2;

    /// <summary>What the first checksum covers: the structure of ACPI 1.0.</summary>
    private const int Revision0Size = 20;

    public ulong Signature;
    public byte Checksum;
    public AcpiTableHeader.Name6 OemId;
    public byte Revision;
    public uint RsdtAddress;
    public uint Length;
    public ulong XsdtAddress;
    public byte ExtendedChecksum;
    public byte Reserved0;
    public ushort Reserved1;

    internal static Rsdp Create(ulong xsdt)
    {
        Rsdp rsdp = new()
        {
            Signature = MemoryMarshal.Read<ulong>("RSD PTR "u8),
            Revision = Revision2,
            Length = (uint)Unsafe.SizeOf<Rsdp>(),
            XsdtAddress = xsdt,
        };
        AcpiTable.OemId.CopyTo(rsdp.OemId);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<Rsdp>(in rsdp));
        rsdp.Checksum = AcpiTable.ChecksumOf(bytes[..Revision0Size]);
        rsdp.ExtendedChecksum = AcpiTable.ChecksumOf(bytes);
        return rsdp;
    }
}
