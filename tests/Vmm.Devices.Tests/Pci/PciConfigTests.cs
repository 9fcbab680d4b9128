using Vmm.Core.Buses;
using Vmm.Core.Pci;
using Vmm.Devices.Pci;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests.Pci;

/// <summary>PCI Local Bus 3.0, chapter 6 and 3.2.2.3.2; PCI Express Base 5.0, 7.2.2.</summary>
public sealed class PciConfigTests
{
    private const ushort Address = 0xCF8, Data = 0xCFC;

    private readonly FakeFunction _function = new(
        "card",
        new PciBar(0, 0x4000, "registers"),
        new PciBar(2, 0x10_0000, "memory", PciBarKind.Memory64) { Prefetchable = true },
        new PciBar(4, 32, "ports", PciBarKind.Io));

    private readonly PciFixture _pci;

    public PciConfigTests() => _pci = new PciFixture(_function);

    [Theory]
    [InlineData(0x00, 0x5678_1234U)]
    [InlineData(0x08, 0x1234_569AU)]
    [InlineData(0x0C, 0U)] // header type 0, one function
    [InlineData(0x2C, 0xEF01_ABCDU)]
    [InlineData(0x3C, 0U)] // no interrupt pin
    public void Header_Identity_IsWhatTheFunctionSays(int register, uint value)
    {
        Assert.Equal(value, _pci.Config(1, register));
        _pci.Buses.Ports.Write(Address, 4, 0x8000_0800U | (uint)register);
        Assert.Equal(value, _pci.Buses.Ports.Read(Data, 4));
    }

    [Fact]
    public void Bus_HostBridge_IsAt00000() => Assert.Equal(0x0600U, _pci.Config(0, 0x0A, 2));

    [Theory]
    [InlineData(2, 0x00)] // no device
    [InlineData(1, 0x100)] // no extended configuration space
    [InlineData(1, 0x1000)] // function 1 of the device
    public void Config_WhereNothingIs_ReadsAllOnes(int device, int register) => Assert.Equal(uint.MaxValue, _pci.Config(device, register));

    [Fact]
    public void Ports_OtherBusOrDisabled_ReadAllOnes()
    {
        _pci.Buses.Ports.Write(Address, 4, 0x8001_0800);
        Assert.Equal(uint.MaxValue, _pci.Buses.Ports.Read(Data, 4));
        _pci.Buses.Ports.Write(Address, 4, 0x0000_0800);
        Assert.Equal(uint.MaxValue, _pci.Buses.Ports.Read(Data, 4));
    }

    [Fact]
    public void Ports_NarrowAccesses_ReachTheBytesOfTheRegister()
    {
        _pci.Buses.Ports.Write(Address, 4, 0x8000_0800);

        Assert.Equal(0x5678U, _pci.Buses.Ports.Read(Data + 2, 2));
        Assert.Equal(0x12U, _pci.Buses.Ports.Read(Data + 1, 1));
    }

    [Fact]
    public void Ports_AddressRegister_KeepsImplementedBitsAndAnswersDoublewordsOnly()
    {
        _pci.Buses.Ports.Write(Address, 4, uint.MaxValue);
        _pci.Buses.Ports.Write(Address, 1, 0);

        Assert.Equal(0x80FF_FFFCU, _pci.Buses.Ports.Read(Address, 4));
        Assert.Equal(0xFFU, _pci.Buses.Ports.Read(Address, 1));
    }

    [Fact]
    public void Config_AllOnes_ChangesOnlyWritableBits()
    {
        for (int register = 0; register < 0x10; register += 4)
        {
            _pci.SetConfig(1, register, uint.MaxValue);
        }

        Assert.Equal(0x5678_1234U, _pci.Config(1, 0));
        Assert.Equal(0x0547U, _pci.Config(1, 4));
        Assert.Equal(0x1234_569AU, _pci.Config(1, 8));
        Assert.Equal(0x0000_00FFU, _pci.Config(1, 12));
    }

    [Theory]
    [InlineData(0, 0xFFFF_C000U)]
    [InlineData(1, 0U)]
    [InlineData(2, 0xFFF0_000CU)]
    [InlineData(3, 0xFFFF_FFFFU)]
    [InlineData(4, 0xFFFF_FFE1U)]
    [InlineData(5, 0U)]
    public void Bar_AllOnes_TellsItsSize(int bar, uint readBack)
    {
        int register = PciFixture.FirstBar + (4 * bar);
        _pci.SetConfig(1, register, uint.MaxValue);

        Assert.Equal(readBack, _pci.Config(1, register));
    }

    [Fact]
    public void Bars_AfterReset_LieAlignedAndApartInTheirWindows()
    {
        ulong small = _pci.Bar(1, 0), large = _pci.Bar(1, 2), ports = _pci.Bar(1, 4);

        Assert.Equal(0UL, small % 0x4000);
        Assert.Equal(0UL, large % 0x10_0000);
        Assert.True(large + 0x10_0000 <= small || small + 0x4000 <= large);
        Assert.InRange(large, PciAddressMap.Memory.First, PciAddressMap.Memory.Last);
        Assert.InRange(ports, PciAddressMap.Io.First, (ulong)PciAddressMap.Io.Last);
    }

    [Fact]
    public void Bar_MemorySpaceDisabled_IsUnclaimed()
    {
        Assert.False(_pci.Buses.Mmio.Claims(_pci.Bar(1, 0)));

        _pci.SetConfig(1, PciFixture.CommandRegister, PciFixture.MemorySpace, 2);
        Assert.True(_pci.Buses.Mmio.Claims(_pci.Bar(1, 0)));
    }

    [Fact]
    public void Bar_Enabled_PassesAccessesOn()
    {
        _pci.Enable(1);

        Assert.Equal(0x2400_0002U, _pci.Buses.Mmio.Read(_pci.Bar(1, 2) + 0x24, 4));
        _pci.Buses.Mmio.Write(_pci.Bar(1, 0) + 0x3FF8, 8, 0x0102_0304_0506_0708);
        Assert.Equal((0, 0x3FF8UL), (_function.LastWrite!.Value.Bar, _function.LastWrite.Value.Offset));
        Assert.Equal(2, _pci.Buses.Devices.Single(one => one.Device == _function).Reads + _pci.Buses.Devices.Single(one => one.Device == _function).Writes);
    }

    [Fact]
    public void Bar_Moved_AnswersAtTheNewAddressOnly()
    {
        _pci.Enable(1);
        ulong before = _pci.Bar(1, 0);
        ulong after = PciAddressMap.Memory.First + 0x100_0000;
        _pci.SetConfig(1, PciFixture.FirstBar, (uint)after);

        Assert.False(_pci.Buses.Mmio.Claims(before));
        Assert.True(_pci.Buses.Mmio.Claims(after));
    }

    [Theory]
    [InlineData(0xFEC0_0000U)]
    [InlineData(0x0000_0000U)]
    [InlineData(0xE000_0000U)]
    public void Bar_MovedOutOfTheWindow_AnswersNowhere(uint address)
    {
        _pci.Enable(1);
        _pci.SetConfig(1, PciFixture.FirstBar, address);

        Assert.Null(_pci.Host.Behind.Find(address));
    }

    [Fact]
    public void IoBar_Enabled_PassesAccessesOn()
    {
        var ports = (ushort)_pci.Bar(1, 4);
        Assert.Equal(0xFFU, _pci.Buses.Ports.Read(ports, 1));
        _pci.SetConfig(1, PciFixture.CommandRegister, PciFixture.IoSpace, 2);

        Assert.Equal(0x0804U, _pci.Buses.Ports.Read((ushort)(ports + 8), 2));
        _pci.Buses.Ports.Write((ushort)(ports + 31), 1, 7);
        Assert.Equal((4, 31UL), (_function.LastWrite!.Value.Bar, _function.LastWrite.Value.Offset));
        Assert.Equal(0xFFU, _pci.Buses.Ports.Read((ushort)(ports + 32), 1));
    }

    [Fact]
    public void Reset_AfterMoves_RestoresAddressesAndDisables()
    {
        ulong before = _pci.Bar(1, 0);
        _pci.Enable(1);
        _pci.SetConfig(1, PciFixture.FirstBar, 0xC800_0000);
        _pci.Buses.Reset();

        Assert.Equal(before, _pci.Bar(1, 0));
        Assert.Equal(0U, _pci.Config(1, PciFixture.CommandRegister, 2));
        Assert.Null(_pci.Host.Behind.Find(before));
    }

    [Fact]
    public void Host_FunctionsThatCannotBe_AreRefusedByName()
    {
        Device[] tooMany = [.. Enumerable.Range(0, 32).Select(i => new FakeFunction($"card{i}"))];
        Device overlapping = new FakeFunction("wide", new PciBar(0, 16, "a", PciBarKind.Memory64), new PciBar(1, 16, "b"));
        Device large = new FakeFunction("large", new PciBar(0, 512 << 20, "a"), new PciBar(1, 16, "b"));

        Assert.Contains("31", Assert.Throws<PciBusException>(() => new PciHost("pci", tooMany, new FakeMsi())).Message, StringComparison.Ordinal);
        Assert.Contains("'wide'", Assert.Throws<PciBusException>(() => new PciHost("pci", [overlapping], new FakeMsi())).Message, StringComparison.Ordinal);
        Assert.Contains("window", Assert.Throws<PciBusException>(() => new PciHost("pci", [large], new FakeMsi())).Message, StringComparison.Ordinal);
    }
}
