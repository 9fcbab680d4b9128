using Vmm.Core.Pci;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests.Pci;

/// <summary>Doorbells follow the BAR that they lie in.</summary>
public sealed class DoorbellTests : IDisposable
{
    private const int Bar = 0, Offset = 0x10;

    private readonly Doorbell _bell = new(Bar, Offset, sizeof(ushort));
    private readonly ConnectedDoorbells _connected = new();
    private readonly PciFixture _pci;

    public DoorbellTests() => _pci = new PciFixture(
        _connected, new FakeFunction("card", new PciBar(Bar, 0x1000, "registers")) { Doorbells = [_bell] });

    private ulong Place => _pci.Bar(1, Bar) + Offset;

    public void Dispose() => _bell.Dispose();

    [Fact]
    public void Doorbell_MemorySpaceDisabled_IsConnectedNowhere() => Assert.Empty(_connected.Places);

    [Fact]
    public void Doorbell_MemorySpaceEnabled_IsConnectedWhereTheBarIs()
    {
        _pci.Enable(1);

        Assert.Equal([(_bell, Place)], _connected.Places);
    }

    [Fact]
    public void Doorbell_BarMoved_MovesAlong()
    {
        _pci.Enable(1);
        _pci.SetConfig(1, PciFixture.FirstBar, (uint)PciAddressMap.Memory.First + 0x10_0000);

        Assert.Equal([(_bell, PciAddressMap.Memory.First + 0x10_0000 + Offset)], _connected.Places);
    }

    [Fact]
    public void Doorbell_BarOutsideOfTheWindow_IsConnectedNowhere()
    {
        _pci.Enable(1);
        _pci.SetConfig(1, PciFixture.FirstBar, 0x1000);

        Assert.Empty(_connected.Places);
    }

    [Fact]
    public void Doorbell_MachineReset_IsConnectedNowhere()
    {
        _pci.Enable(1);
        _pci.Buses.Reset();

        Assert.Empty(_connected.Places);
    }

    [Fact]
    public void Doorbell_OtherRegistersWritten_StaysConnected()
    {
        _pci.Enable(1);
        int changes = _connected.Changes;
        _pci.SetConfig(1, PciFixture.CommandRegister, PciFixture.MemorySpace, 2);

        Assert.Equal(changes, _connected.Changes);
    }

    private sealed class ConnectedDoorbells : IDoorbells
    {
        public HashSet<(Doorbell Bell, ulong Address)> Places { get; } = [];

        public int Changes { get; private set; }

        public void Connect(Doorbell bell, ulong gpa)
        {
            Changes++;
            Assert.True(Places.Add((bell, gpa)));
        }

        public void Disconnect(Doorbell bell, ulong gpa)
        {
            Changes++;
            Assert.True(Places.Remove((bell, gpa)));
        }
    }
}
