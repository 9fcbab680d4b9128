using Vmm.Core.Pci;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests.Pci;

/// <summary>A guest that writes whatever it likes to configuration space, and then looks where the registers have gone.</summary>
public sealed class PciConfigFuzzTests
{
    private const int Accesses = 200_000, Devices = 3, ConfigSize = 0x110;

    private readonly Random _random = new(11);
    private readonly MsixVectors _vectors = new(5);
    private readonly PciFixture _pci;

    public PciConfigFuzzTests() => _pci = new PciFixture(
        new FakeFunction(
            "card",
            new PciBar(0, 0x1000, "registers"),
            new PciBar(2, 0x1_0000, "memory", PciBarKind.Memory64),
            new PciBar(4, 64, "ports", PciBarKind.Io)) { Vectors = _vectors });

    [Fact]
    public void Host_HostileConfiguration_NeitherThrowsNorGrows()
    {
        Run(10_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Run(Accesses);

        Assert.Empty(_pci.Faults);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20); // other tests run as well
    }

    private void Run(int accesses)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < accesses; i++)
        {
            Span<byte> some = data[..(1 << _random.Next(4))];
            Fill(some);
            switch (_random.Next(12))
            {
                case < 6:
                    Access(PciFixture.Ecam(_random.Next(Devices), _random.Next(ConfigSize)), some);
                    break;
                case < 8:
                    AccessPort(PciAddressMap.ConfigPorts.First + _random.Next(PciAddressMap.ConfigPorts.Count), some[..Math.Min(some.Length, 4)]);
                    break;
                case < 10:
                    Access(_pci.Bar(1, _random.Next(PciBar.Count)) + (ulong)_random.Next(0x100), some);
                    break;
                case 10:
                    AccessPort((int)(_pci.Bar(1, 4) & 0xFFFF) + _random.Next(64), some[..Math.Min(some.Length, 4)]);
                    break;
                default:
                    _pci.SetConfig(1, PciFixture.CommandRegister, 7, 2);
                    _vectors.Signal(_random.Next(_vectors.Count));
                    break;
            }
        }
    }

    private void Fill(Span<byte> data)
    {
        data.Clear();
        switch (_random.Next(4))
        {
            case 0:
                _random.NextBytes(data);
                break;
            case 1:
                data.Fill(0xFF);
                break;
            case 2:
                data[_random.Next(data.Length)] = (byte)(1 << _random.Next(8));
                break;
        }
    }

    private void Access(ulong address, Span<byte> data)
    {
        if (_random.Next(2) == 0)
        {
            _pci.Buses.Mmio.Write(address, data);
        }
        else
        {
            _pci.Buses.Mmio.Read(address, data);
        }
    }

    private void AccessPort(int port, Span<byte> data)
    {
        if (_random.Next(2) == 0)
        {
            _pci.Buses.Ports.Write((ushort)port, data);
        }
        else
        {
            _pci.Buses.Ports.Read((ushort)port, data);
        }
    }
}
