using Vmm.Core.Buses;
using Vmm.Core.Pci;

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>A range that a device declares: ports, memory, or a base address register of a PCI function.</summary>
/// <param name="Space">The address space, as it stands in messages.</param>
/// <param name="First">First address.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="LongestLog">Binary logarithm of the longest access, in bytes.</param>
internal sealed record FuzzRange(string Space, ulong First, ulong Size, int LongestLog)
{
    public const string Port = "port";
    public const string Memory = "memory";

    private const int Dword = 2;
    private const int Quadword = 3;

    /// <summary>The function, if it is a BAR. It is driven without a bus: where it lies, and whether at all, is the bus's own affair.</summary>
    public IPciFunction? Function { get; init; }

    /// <summary>Number of the BAR.</summary>
    public int Bar { get; init; }

    public static IEnumerable<FuzzRange> Of(Device device)
    {
        IEnumerable<FuzzRange> ports = device is IPortDevice io
            ? io.Ports.Select(range => new FuzzRange(Port, range.First, (ulong)range.Count, Dword))
            : [];
        IEnumerable<FuzzRange> memory = device is IMmioDevice mmio
            ? mmio.MmioRanges.Select(range => new FuzzRange(Memory, range.First, range.Size, Quadword))
            : [];
        IEnumerable<FuzzRange> bars = device is IPciFunction pci
            ? pci.Bars.Select(bar => new FuzzRange($"BAR {bar.Index}", 0, bar.Size, bar.Kind == PciBarKind.Io ? Dword : Quadword) { Function = pci, Bar = bar.Index })
            : [];
        return [.. ports, .. memory, .. bars];
    }

    /// <summary>Makes one access. A bus takes care of one that leaves the range; a function never sees such a one.</summary>
    public void Access(DeviceBench bench, ulong address, Span<byte> data, bool write)
    {
        switch (Space, write)
        {
            case (Port, true):
                bench.Ports.Write((ushort)address, data);
                break;
            case (Port, false):
                bench.Ports.Read((ushort)address, data);
                break;
            case (Memory, true):
                bench.Mmio.Write(address, data);
                break;
            case (Memory, false):
                bench.Mmio.Read(address, data);
                break;
            default:
                AccessBar(Math.Min(address, Size - (ulong)data.Length), data, write);
                break;
        }
    }

    private void AccessBar(ulong offset, Span<byte> data, bool write)
    {
        lock (((Device)Function!).Gate)
        {
            if (write)
            {
                Function.WriteBar(Bar, offset, data);
            }
            else
            {
                data.Clear();
                Function.ReadBar(Bar, offset, data);
            }
        }
    }
}
