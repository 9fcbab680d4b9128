using Vmm.Core.Interrupts;
using Vmm.Core.Pci;
using Vmm.Devices.Pci;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests.Pci;

/// <summary>PCI Local Bus 3.0, 6.8.2 and 6.8.3.</summary>
public sealed class MsixTests
{
    private const int Vectors = 70;
    private const uint Enable = 0x8000, FunctionMask = 0x4000;

    private readonly MsixVectors _vectors = new(Vectors);
    private readonly PciFixture _pci;
    private readonly int _capability;
    private readonly ulong _table;
    private readonly ulong _pendingBits;

    public MsixTests()
    {
        _pci = new PciFixture(new FakeFunction("card", new PciBar(0, 0x1000, "registers")) { Vectors = _vectors });
        _pci.Enable(1);
        _capability = _pci.Capabilities(1, PciCapabilityId.MsiX).Single();
        _table = Place(4);
        _pendingBits = Place(8);
    }

    [Fact]
    public void Capability_Table_HasItsSizeAndABarOfItsOwn()
    {
        Assert.Equal(Vectors - 1U, _pci.Config(1, _capability + 2, 2));
        Assert.Equal(_pci.Bar(1, 1), _table);
        Assert.True(_pendingBits >= _table + (16 * Vectors));
        Assert.Equal(1U, _pci.Buses.Mmio.Read(_table + 12, 4)); // 6.8.2.9: masked after reset
    }

    [Fact]
    public void Signal_Enabled_SendsTheMessageOfTheVector()
    {
        _pci.EnableMsix(1);
        _vectors.Signal(3);

        Assert.Equal([new MsiMessage(0xFEE0_0000, 0x23)], _pci.Msi.Messages);
    }

    [Fact]
    public void Signal_Disabled_IsLost()
    {
        _vectors.Signal(3);
        _pci.EnableMsix(1);

        Assert.Empty(_pci.Msi.Messages);
    }

    [Fact]
    public void Signal_VectorMasked_IsPendingUntilUnmasked()
    {
        _pci.EnableMsix(1);
        _pci.Buses.Mmio.Write(_table + (16 * 69) + 12, 4, 1);
        _vectors.Signal(69);
        _vectors.Signal(69);

        Assert.Empty(_pci.Msi.Messages);
        Assert.Equal(1UL << 5, _pci.Buses.Mmio.Read(_pendingBits + 8, 8));
        _pci.Buses.Mmio.Write(_table + (16 * 69) + 12, 4, 0);
        Assert.Equal([new MsiMessage(0xFEE0_0000, 0x20 + 69)], _pci.Msi.Messages);
        Assert.Equal(0UL, _pci.Buses.Mmio.Read(_pendingBits + 8, 8));
    }

    [Fact]
    public void Signal_FunctionMasked_IsPendingUntilUnmasked()
    {
        _pci.EnableMsix(1);
        _pci.SetConfig(1, _capability + 2, Enable | FunctionMask, 2);
        _vectors.Signal(0);
        _vectors.Signal(1);

        Assert.Empty(_pci.Msi.Messages);
        _pci.SetConfig(1, _capability + 2, Enable, 2);
        Assert.Equal([0x20U, 0x21U], _pci.Msi.Messages.Select(message => message.Data));
    }

    [Fact]
    public void Signal_NoBusMaster_IsPendingUntilItIs()
    {
        _pci.EnableMsix(1);
        _pci.SetConfig(1, PciFixture.CommandRegister, PciFixture.MemorySpace, 2);
        _vectors.Signal(0);

        Assert.Empty(_pci.Msi.Messages);
        _pci.Enable(1);
        Assert.Single(_pci.Msi.Messages);
    }

    [Fact]
    public void Signal_AddressOfMemory_SendsNothing()
    {
        _pci.EnableMsix(1);
        _pci.Buses.Mmio.Write(_table, 8, 0x10_0000);
        _vectors.Signal(0);

        Assert.Empty(_pci.Msi.Messages);
    }

    [Fact]
    public void Line_HalfOfAMessageWhileMasked_IsNotToldOfIt()
    {
        RecordingLines lines = new();
        MsixTable table = new(new MsixVectors(1), lines) { Control = MsixControl.Enable, BusMaster = true };
        Write(table, 0, 0xFEE0_1000);
        Write(table, 8, 0x31);
        Assert.Empty(lines.Told);
        Write(table, 12, 0);
        Assert.Equal([new MsiMessage(0xFEE0_1000, 0x31)], lines.Told);

        Write(table, 12, 1);
        Write(table, 0, 0xFEE0_2000);
        Write(table, 8, 0x32);
        Write(table, 12, 0);
        Write(table, 12, 1);
        Write(table, 12, 0);
        Assert.Equal([new MsiMessage(0xFEE0_1000, 0x31), new MsiMessage(0xFEE0_2000, 0x32)], lines.Told);

        static void Write(MsixTable table, ulong offset, uint value) => table.WriteMmio(0, offset, BitConverter.GetBytes(value));
    }

    [Fact]
    public void Table_UndefinedAccesses_ChangeNothing()
    {
        _pci.EnableMsix(1);
        _pci.Buses.Mmio.Write(_table, 1, 0xFF);
        _pci.Buses.Mmio.Write(_table + 2, 4, 0xFFFF_FFFF);
        _pci.Buses.Mmio.Write(_pendingBits, 8, ulong.MaxValue);
        _pci.Buses.Mmio.Write(_table + 12, 4, 0xFFFF_FFFE);

        Assert.Equal(0xFEE0_0000UL, _pci.Buses.Mmio.Read(_table, 8));
        Assert.Equal(0UL, _pci.Buses.Mmio.Read(_pendingBits, 8));
        Assert.Equal(0UL, _pci.Buses.Mmio.Read(_table + 12, 4));
    }

    [Fact]
    public void Reset_WithPendingVectors_ForgetsThem()
    {
        _pci.EnableMsix(1);
        _pci.SetConfig(1, _capability + 2, Enable | FunctionMask, 2);
        _vectors.Signal(0);
        _pci.Buses.Reset();
        _pci.Enable(1);
        _pci.EnableMsix(1);

        Assert.Empty(_pci.Msi.Messages);
    }

    private ulong Place(int register)
    {
        uint value = _pci.Config(1, _capability + register);
        return _pci.Bar(1, (int)(value & 7)) + (value & ~7U);
    }

    private sealed class RecordingLines : IMsiLines, IMsiLine
    {
        public List<MsiMessage> Told { get; } = [];

        public IMsiLine Create() => this;

        public void SetMessage(MsiMessage message) => Told.Add(message);

        public void Signal()
        {
        }
    }
}
