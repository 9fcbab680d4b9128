using System.Runtime.InteropServices;

namespace Vmm.Tdx.Module.Exceptions;

/// <summary>A gate of the 64-bit interrupt descriptor table (Intel SDM vol. 3, 6.14.1).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InterruptGate
{
    private const byte IstMask = 7;
    private const byte TypeMask = 0x1F;
    private const byte TypeInterrupt = 0xE;
    private const byte TypeTrap = 0xF;
    private const byte PresentBit = 0x80;

    internal ushort OffsetLow;
    internal ushort Selector;
    internal byte Ist;
    internal byte Attributes;
    internal ushort OffsetMiddle;
    internal uint OffsetHigh;
    internal uint Reserved;

    internal readonly ulong Handler => OffsetLow | ((ulong)OffsetMiddle << 16) | ((ulong)OffsetHigh << 32);

    internal readonly bool IsPresent => (Attributes & PresentBit) != 0 && (Attributes & TypeMask) is TypeInterrupt or TypeTrap;

    /// <summary>Interrupt gates mask interrupts, trap gates do not.</summary>
    internal readonly bool MasksInterrupts => (Attributes & TypeMask) == TypeInterrupt;

    internal readonly bool SwitchesStack => (Ist & IstMask) != 0;
}
