using System.Buffers.Binary;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;
using Vmm.Core.Pci;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests.Pci;

public sealed class PciAcpiTests
{
    private const int HeaderSize = 36;

    private readonly PciFixture _pci = new();

    [Fact]
    public void Mcfg_OneBus_NamesEcam()
    {
        AcpiTable table = Assert.Single(_pci.Host.AcpiTables);
        ReadOnlySpan<byte> body = table.Bytes.Span[HeaderSize..];

        Assert.Equal("MCFG", table.Signature);
        Assert.Equal(8 + 16, body.Length); // PCI Firmware 3.2, table 4-2
        Assert.Equal(PciAddressMap.Ecam.First, BinaryPrimitives.ReadUInt64LittleEndian(body[8..]));
        Assert.Equal([0, 0, 0, 0], body[16..20].ToArray());
    }

    [Fact]
    public void Dsdt_Bridge_HasEveryWindow()
    {
        AmlBuilder aml = new();
        _pci.Host.Describe(aml);
        byte[] windows = new ResourceTemplate()
            .BusWindow(0, 0)
            .Io(0xCF8, 8)
            .IoWindow(0xC000, 0xFFFF)
            .MemoryWindow32(0xC000_0000, 0xDFFF_FFFF).Bytes;

        Assert.True(aml.Bytes.AsSpan().IndexOf(windows) > 0);
        Assert.True(aml.Bytes.AsSpan().IndexOf(AmlData.EisaId("PNP0A08").Bytes) > 0);
        Assert.True(aml.Bytes.AsSpan().IndexOf(AmlData.EisaId("PNP0C02").Bytes) > 0);
    }
}
