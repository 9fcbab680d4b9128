using System.Buffers.Binary;

namespace Vmm.Core.Boot.Acpi.Aml;

/// <summary>Resources that a device uses (ACPI 6.5, 6.4): what <c>_CRS</c> evaluates to.</summary>
public sealed class ResourceTemplate
{
    private const byte IoTag = 0x47;
    private const byte Decodes16Bits = 1;
    private const byte IrqTag = 0x22;
    private const byte Memory32FixedTag = 0x86;
    private const byte WordAddressTag = 0x88;
    private const byte DWordAddressTag = 0x87;
    private const byte QWordAddressTag = 0x8A;
    private const byte InterruptTag = 0x89;
    private const byte EndTag = 0x79;

    private const byte Consumer = 1 << 0;
    private const byte EdgeTriggered = 1 << 1;
    private const byte ActiveLow = 1 << 2;
    private const byte Shared = 1 << 3;

    // 6.4.3.5: the resource type, and flags that fix both ends of the window (_MIF, _MAF).
    private const byte MemoryType = 0;
    private const byte IoType = 1;
    private const byte BusNumberType = 2;
    private const byte FixedWindow = (1 << 2) | (1 << 3);
    private const byte MemoryReadWrite = 1;
    private const byte IoEntireRange = 3;

    private readonly List<byte> _bytes = [];

    /// <summary>The encoding with its end tag; a zero checksum is taken as right (6.4.2.9).</summary>
    public byte[] Bytes => [.. _bytes, EndTag, 0];

    /// <summary>Ports (6.4.2.5).</summary>
    /// <param name="first">First port.</param>
    /// <param name="count">Number of ports.</param>
    public ResourceTemplate Io(ushort first, byte count) => Add([IoTag, Decodes16Bits, .. Word(first), .. Word(first), 1, count]);

    /// <summary>An interrupt of the legacy PIC (6.4.2.1): edge-triggered, active high.</summary>
    /// <param name="irq">0 to 15.</param>
    public ResourceTemplate Irq(int irq)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(irq);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(irq, 15);
        return Add([IrqTag, .. Word((ushort)(1 << irq))]);
    }

    /// <summary>An interrupt (6.4.3.6, "extended interrupt").</summary>
    /// <param name="gsi">Global system interrupt.</param>
    /// <param name="trigger">How it is signalled.</param>
    public ResourceTemplate Interrupt(uint gsi, InterruptTrigger trigger) => AddLarge(
        InterruptTag,
        [
            trigger switch
            {
                InterruptTrigger.Edge => Consumer | EdgeTriggered,
                InterruptTrigger.LevelLow => Consumer | ActiveLow | Shared,
                _ => Consumer,
            },
            1,
            .. DWord(gsi),
        ]);

    /// <summary>Memory at a fixed address below 4 GiB (6.4.3.4).</summary>
    /// <param name="address">First guest-physical address.</param>
    /// <param name="size">Size in bytes.</param>
    public ResourceTemplate Memory32(uint address, uint size) => AddLarge(Memory32FixedTag, [MemoryReadWrite, .. DWord(address), .. DWord(size)]);

    /// <summary>A bridge's bus numbers (6.4.3.5.3).</summary>
    /// <param name="first">First bus.</param>
    /// <param name="last">Last bus.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty, or all there is.</exception>
    public ResourceTemplate BusWindow(byte first, byte last) => AddLarge(
        WordAddressTag, [BusNumberType, FixedWindow, 0, .. Words(0, first, last, 0, (ushort)Length(first, last, ushort.MaxValue))]);

    /// <summary>A bridge's window of ports (6.4.3.5.3).</summary>
    /// <param name="first">First port.</param>
    /// <param name="last">Last port.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty, or all there is.</exception>
    public ResourceTemplate IoWindow(ushort first, ushort last) => AddLarge(
        WordAddressTag, [IoType, FixedWindow, IoEntireRange, .. Words(0, first, last, 0, (ushort)Length(first, last, ushort.MaxValue))]);

    /// <summary>A bridge's window of memory below 4 GiB (6.4.3.5.2).</summary>
    /// <param name="first">First address.</param>
    /// <param name="last">Last address.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty, or all there is.</exception>
    public ResourceTemplate MemoryWindow32(uint first, uint last) => AddLarge(
        DWordAddressTag, [MemoryType, FixedWindow, MemoryReadWrite, .. DWord(0), .. DWord(first), .. DWord(last), .. DWord(0), .. DWord((uint)Length(first, last, uint.MaxValue))]);

    /// <summary>A bridge's window of memory anywhere (6.4.3.5.1).</summary>
    /// <param name="first">First address.</param>
    /// <param name="last">Last address.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty, or all there is.</exception>
    public ResourceTemplate MemoryWindow64(ulong first, ulong last) => AddLarge(
        QWordAddressTag, [MemoryType, FixedWindow, MemoryReadWrite, .. QWord(0), .. QWord(first), .. QWord(last), .. QWord(0), .. QWord(Length(first, last, ulong.MaxValue))]);

    // _LEN must equal _MAX - _MIN + 1 (6.4.3.5), and has the width of the addresses.
    private static ulong Length(ulong first, ulong last, ulong most)
    {
        ulong less1 = last - first;
        return first <= last && less1 < most
            ? less1 + 1
            : throw new ArgumentOutOfRangeException(nameof(last), $"a window from 0x{first:x} to 0x{last:x} cannot be described");
    }

    private static byte[] Word(ushort value)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] DWord(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] QWord(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static List<byte> Words(params ushort[] values)
    {
        List<byte> bytes = [];
        foreach (ushort value in values)
        {
            bytes.AddRange(Word(value));
        }

        return bytes;
    }

    private ResourceTemplate Add(ReadOnlySpan<byte> item)
    {
        _bytes.AddRange(item);
        return this;
    }

    // Large items (6.4.3) state the length of what follows.
    private ResourceTemplate AddLarge(byte tag, ReadOnlySpan<byte> content) => Add([tag, .. Word((ushort)content.Length), .. content]);
}
