using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>MCFG (PCI Firmware 3.2, 4.1.2): where configuration space lies in memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Mcfg
{
    private const byte Revision = 1;

    public ulong Reserved0;
    public ulong EcamAddress;
    public ushort Segment;
    public byte FirstBus;
    public byte LastBus;
    public uint Reserved1;

    public static AcpiTable Create()
    {
        Mcfg body = new() { EcamAddress = PciAddressMap.Ecam.First, LastBus = PciAddressMap.BusCount - 1 };
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<Mcfg>()];
        MemoryMarshal.Write(bytes, body);
        return new AcpiTable("MCFG", Revision, bytes);
    }
}
