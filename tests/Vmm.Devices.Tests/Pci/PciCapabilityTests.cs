using Vmm.Core.Pci;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests.Pci;

/// <summary>PCI Local Bus 3.0, 6.7.</summary>
public sealed class PciCapabilityTests
{
    private readonly LiveCapability _live = new();
    private readonly PciFixture _pci;

    public PciCapabilityTests() => _pci = new PciFixture(new FakeFunction("card")
    {
        Capabilities = [new PciCapability(PciCapabilityId.VendorSpecific, [7, 0x11, 0x22, 0x33, 0x44], [0, 0xF0, 0, 0, 0]), _live],
    });

    [Fact]
    public void List_OfTwo_IsLinkedAndAligned()
    {
        int[] found = [.. _pci.Capabilities(1, PciCapabilityId.VendorSpecific)];

        Assert.Equal(2, found.Length);
        Assert.All(found, at => Assert.Equal(0, at % 4));
        Assert.Equal(0x10U, _pci.Config(1, PciFixture.StatusRegister, 2));
        Assert.Equal(7U, _pci.Config(1, found[0] + 2, 1));
    }

    [Fact]
    public void Write_PartlyWritable_ChangesThoseBits()
    {
        int at = _pci.Capabilities(1, PciCapabilityId.VendorSpecific).First();
        _pci.SetConfig(1, at, uint.MaxValue);

        Assert.Equal(0xF1U, _pci.Config(1, at + 3, 1));
        Assert.Equal(7U, _pci.Config(1, at + 2, 1));
    }

    [Fact]
    public void LiveCapability_TouchedInPart_IsToldWhichPart()
    {
        int at = _pci.Capabilities(1, PciCapabilityId.VendorSpecific).Last();

        Assert.Equal(1U, _pci.Config(1, at + 4, 1));
        Assert.Equal((2, 1), _live.Read);
        _pci.SetConfig(1, at, 0, 4);
        Assert.Equal((0, 2), _live.Written);
        _live.Written = default;
        _pci.SetConfig(1, at - 4, 0, 4);
        Assert.Equal(default, _live.Written);
    }

    private sealed class LiveCapability() : PciCapability(PciCapabilityId.VendorSpecific, [0, 0, 0])
    {
        public (int First, int Count) Read { get; private set; }

        public (int First, int Count) Written { get; set; }

        public override void BeforeRead(Span<byte> content, int first, int count)
        {
            content[first]++;
            Read = (first, count);
        }

        public override void AfterWrite(ReadOnlySpan<byte> content, int first, int count) => Written = (first, count);
    }
}
