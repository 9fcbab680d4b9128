using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Acpi;

/// <summary>Multiple APIC description table (ACPI 6.5, 5.2.12): processors, the I/O APIC and the wake-up mailbox.</summary>
public static class Madt
{
    /// <summary>Guest-physical address of the I/O APIC.</summary>
    public const uint IoApicAddress = (uint)Interrupts.IoApic.Address;

    /// <summary>Guest-physical address of the local APICs, when they are not in x2APIC mode.</summary>
    public const uint LocalApicAddress = 0xFEE0_0000;

    private const byte Revision = 5;
    private const uint Enabled = 1;

    // 255 is the broadcast id of the xAPIC; from there on entries have the x2APIC's 32 bits.
    private const uint FirstX2ApicOnly = 255;

    internal static AcpiTable Create(int processors, ulong? mailbox)
    {
        ArrayBufferWriter<byte> body = new();
        Append(body, new Fixed { LocalApicAddress = LocalApicAddress });
        for (uint id = 0; id < (uint)processors; id++)
        {
            if (id < FirstX2ApicOnly)
            {
                Append(body, new LocalApic { Type = LocalApic.Code, Length = Size<LocalApic>(), ProcessorUid = (byte)id, ApicId = (byte)id, Flags = Enabled });
            }
            else
            {
                Append(body, new LocalX2Apic { Type = LocalX2Apic.Code, Length = Size<LocalX2Apic>(), ApicId = id, Flags = Enabled, ProcessorUid = id });
            }
        }

        Append(body, new IoApic { Type = IoApic.Code, Length = Size<IoApic>(), Address = IoApicAddress });
        if (mailbox is { } address)
        {
            Append(body, new Wakeup { Type = Wakeup.Code, Length = Size<Wakeup>(), MailboxAddress = address });
        }

        return new AcpiTable("APIC", Revision, body.WrittenSpan);
    }

    private static byte Size<T>() => (byte)Unsafe.SizeOf<T>();

    private static void Append<T>(ArrayBufferWriter<byte> body, in T entry)
        where T : unmanaged => body.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in entry)));

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Fixed
    {
        public uint LocalApicAddress;
        public uint Flags;
    }

    /// <summary>5.2.12.2.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct LocalApic
    {
        internal const byte Code = 0;
        public byte Type;
        public byte Length;
        public byte ProcessorUid;
        public byte ApicId;
        public uint Flags;
    }

    /// <summary>5.2.12.3.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct IoApic
    {
        internal const byte Code = 1;
        public byte Type;
        public byte Length;
        public byte Id;
        public byte Reserved;
        public uint Address;
        public uint FirstInterrupt;
    }

    /// <summary>5.2.12.12.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct LocalX2Apic
    {
        internal const byte Code = 9;
        public byte Type;
        public byte Length;
        public ushort Reserved;
        public uint ApicId;
        public uint Flags;
        public uint ProcessorUid;
    }

    /// <summary>5.2.12.19, mailbox version 0.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Wakeup
    {
        internal const byte Code = 0x10;
        public byte Type;
        public byte Length;
        public ushort MailboxVersion;
        public uint Reserved;
        public ulong MailboxAddress;
    }
}
