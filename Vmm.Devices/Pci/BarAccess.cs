using Vmm.Core.Buses;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>A function's BARs as the MMIO bus sees them: the range is the number of the BAR.</summary>
internal sealed class BarAccess(IPciFunction function) : IMmioDevice
{
    IReadOnlyList<MmioRange> IMmioDevice.MmioRanges => [];

    public void ReadMmio(int range, ulong offset, Span<byte> data) => function.ReadBar(range, offset, data);

    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data) => function.WriteBar(range, offset, data);
}
