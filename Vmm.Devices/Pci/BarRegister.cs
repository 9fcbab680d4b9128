using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>The encoding of base address registers (PCI Local Bus 3.0, 6.2.5.1): addresses above flags that the guest cannot change.</summary>
internal static class BarRegister
{
    private const uint IoSpace = 1 << 0;
    private const uint Is64Bit = 2 << 1;
    private const uint Prefetchable = 1 << 3;
    private const uint MemoryFlags = 0xF;
    private const uint IoFlags = 0x3;

    /// <summary>States a BAR: its address after a reset, and the bits that can be written, which is how its size is found out.</summary>
    public static void Declare(PciBar bar, ulong address, ref Type0Header values, ref Type0Header writable)
    {
        ulong mask = ~(bar.Size - 1);
        values.Bars[bar.Index] = (uint)address | FlagsOf(bar);
        writable.Bars[bar.Index] = (uint)mask;
        if (bar.Kind == PciBarKind.Memory64)
        {
            values.Bars[bar.LastIndex] = (uint)(address >> 32);
            writable.Bars[bar.LastIndex] = (uint)(mask >> 32);
        }
    }

    /// <summary>The address that the guest has given to a BAR.</summary>
    public static ulong AddressOf(PciBar bar, in Type0Header header)
    {
        uint low = header.Bars[bar.Index] & ~(bar.Kind == PciBarKind.Io ? IoFlags : MemoryFlags);
        return bar.Kind == PciBarKind.Memory64 ? low | ((ulong)header.Bars[bar.LastIndex] << 32) : low;
    }

    private static uint FlagsOf(PciBar bar) => bar.Kind switch
    {
        PciBarKind.Io => IoSpace,
        PciBarKind.Memory64 => Is64Bit | (bar.Prefetchable ? Prefetchable : 0),
        _ => bar.Prefetchable ? Prefetchable : 0,
    };
}
