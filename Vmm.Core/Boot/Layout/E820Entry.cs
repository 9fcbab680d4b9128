using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Layout;

/// <summary>One entry of the e820 map, in its wire layout (boot_e820_entry).</summary>
/// <param name="Address">First guest-physical address.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Type">What the guest may do with it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct E820Entry(ulong Address, ulong Size, E820Type Type)
{
    internal E820Entry(MemoryRange range, E820Type type)
        : this(range.Gpa, range.Size, type)
    {
    }
}
