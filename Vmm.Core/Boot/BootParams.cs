using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;

namespace Vmm.Core.Boot;

/// <summary>Linux's boot_params, the "zero page" (Documentation/arch/x86/zero-page.rst): the fields a 64-bit boot without EFI fills.</summary>
[StructLayout(LayoutKind.Explicit, Size = 4096, Pack = 1)]
internal struct BootParams
{
    [FieldOffset(0x070)]
    public ulong AcpiRsdpAddress;

    [FieldOffset(0x0C0)]
    public uint RamdiskImageHigh;

    [FieldOffset(0x0C4)]
    public uint RamdiskSizeHigh;

    [FieldOffset(0x1E8)]
    public byte E820Count;

    [FieldOffset(SetupHeader.Offset)]
    public SetupHeader Header;

    [FieldOffset(0x2D0)]
    public E820Table E820;

    /// <summary>E820_MAX_ENTRIES_ZEROPAGE entries.</summary>
    [InlineArray(Capacity)]
    internal struct E820Table
    {
        internal const int Capacity = 128;

        private E820Entry _first;
    }
}
