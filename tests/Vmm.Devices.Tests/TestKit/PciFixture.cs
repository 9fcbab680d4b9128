using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Pci;
using Vmm.Devices.Pci;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>A PCI bus with functions, as a guest sees it.</summary>
internal sealed class PciFixture
{
    public const int CommandRegister = 0x04, StatusRegister = 0x06, FirstBar = 0x10, CapabilitiesPointer = 0x34;
    public const int IoSpace = 1, MemorySpace = 2, BusMaster = 4;

    public PciFixture(params Device[] functions)
        : this(null, functions)
    {
    }

    public PciFixture(IDoorbells? doorbells, params Device[] functions)
    {
        Host = new PciHost("pci", functions, Msi, doorbells);
        Buses = DeviceBuses.Assemble(
            [Host, .. functions],
            new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System) { DeviceFaulted = fault => Faults.Add(fault) });
        Buses.Reset();
    }

    public FakeMsi Msi { get; } = new();

    public PciHost Host { get; }

    public DeviceBuses Buses { get; }

    public List<DeviceFault> Faults { get; } = [];

    public static ulong Ecam(int device, int register) => PciAddressMap.Ecam.First + ((ulong)device << 15) + (ulong)register;

    public uint Config(int device, int register, int size = 4) => (uint)Buses.Mmio.Read(Ecam(device, register), size);

    public void SetConfig(int device, int register, uint value, int size = 4) => Buses.Mmio.Write(Ecam(device, register), size, value);

    public void Enable(int device) => SetConfig(device, CommandRegister, MemorySpace | BusMaster, 2);

    /// <summary>The address in a BAR, of either width.</summary>
    public ulong Bar(int device, int index)
    {
        uint low = Config(device, FirstBar + (4 * index));
        return (low & 1) != 0 ? low & ~3U : (low & ~0xFUL) | ((low & 4) == 0 ? 0 : (ulong)Config(device, FirstBar + (4 * index) + 4) << 32);
    }

    /// <summary>The register of each capability with some id, in order of the list.</summary>
    public IEnumerable<int> Capabilities(int device, PciCapabilityId id)
    {
        for (uint at = Config(device, CapabilitiesPointer, 1); at != 0; at = Config(device, (int)at + 1, 1))
        {
            if (Config(device, (int)at, 1) == (uint)id)
            {
                yield return (int)at;
            }
        }
    }

    /// <summary>Enables MSI-X, with vector i unmasked and sending data 0x20 + i.</summary>
    public void EnableMsix(int device)
    {
        int capability = Capabilities(device, PciCapabilityId.MsiX).Single();
        int count = (int)(Config(device, capability + 2, 2) & 0x7FF) + 1;
        ulong table = Bar(device, (int)(Config(device, capability + 4) & 7)) + (Config(device, capability + 4) & ~7U);
        for (int i = 0; i < count; i++)
        {
            Buses.Mmio.Write(table + (ulong)(16 * i), 8, 0xFEE0_0000);
            Buses.Mmio.Write(table + (ulong)(16 * i) + 8, 4, (ulong)(0x20 + i));
            Buses.Mmio.Write(table + (ulong)(16 * i) + 12, 4, 0);
        }

        SetConfig(device, capability + 2, 0x8000, 2);
    }
}
