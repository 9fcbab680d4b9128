using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>One device on a bus of its own; a device that throws fails the test.</summary>
internal sealed class DeviceBus
{
    private readonly DeviceBuses _buses;

    public DeviceBus(Device device) => _buses = DeviceBuses.Assemble(
        [device],
        new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System) { DeviceFaulted = fault => Faults.Add(fault) });

    public List<DeviceFault> Faults { get; } = [];

    public MmioBus Mmio => _buses.Mmio;

    public PortBus Ports => _buses.Ports;

    public byte In(int port) => (byte)_buses.Ports.Read((ushort)port, 1);

    public uint InDword(int port) => (uint)_buses.Ports.Read((ushort)port, 4);

    public void Out(int port, int value) => _buses.Ports.Write((ushort)port, 1, (ulong)value);

    public void Out(int port, int size, uint value) => _buses.Ports.Write((ushort)port, size, value);

    public void Reset() => _buses.Reset();
}
