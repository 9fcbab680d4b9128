using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Acpi;

/// <summary>Generic address structure (ACPI 6.5, 5.2.3.2).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct GenericAddress
{
    private const byte SystemIo = 1;
    private const byte ByteAccess = 1;

    public byte Space;
    public byte BitWidth;
    public byte BitOffset;
    public byte AccessSize;
    public ulong Address;

    /// <summary>An 8-bit register at a port.</summary>
    internal static GenericAddress Port(ushort port) => new() { Space = SystemIo, BitWidth = 8, AccessSize = ByteAccess, Address = port };
}
