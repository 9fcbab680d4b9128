using Vmm.Core.Buses;
using Vmm.Core.Pci;

namespace Vmm.Devices.Tests.Pci;

/// <summary>A function with registers of every kind: reads give the number of the BAR and the offset, writes are remembered.</summary>
internal sealed class FakeFunction(string name, params PciBar[] bars) : Device(name), IPciFunction
{
    public static PciIdentity Example { get; } = new(0x1234, 0x5678, new PciClass(0x12, 0x34, 0x56), 0x9A) { SubsystemVendorId = 0xABCD, SubsystemId = 0xEF01 };

    public PciIdentity Identity => Example;

    public IReadOnlyList<PciBar> Bars { get; } = bars;

    public MsixVectors? Vectors { get; init; }

    public IReadOnlyList<PciCapability> Capabilities { get; init; } = [];

    public IReadOnlyList<Doorbell> Doorbells { get; init; } = [];

    public (int Bar, ulong Offset)? LastWrite { get; private set; }

    public void ReadBar(int bar, ulong offset, Span<byte> data)
    {
        data[0] = (byte)bar;
        data[^1] = (byte)offset;
    }

    public void WriteBar(int bar, ulong offset, ReadOnlySpan<byte> data) => LastWrite = (bar, offset);
}
