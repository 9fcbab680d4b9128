using System.Buffers.Binary;
using Vmm.Core.Buses;

namespace Vmm.Core.Interrupts;

/// <summary>
/// The I/O APIC (82093AA, with the EOI register of version 0x20): 24 interrupt lines that become messages to the processors' APICs.
/// </summary>
/// <remarks>
/// Lines may be driven from any thread, also while a device's gate is held: the I/O APIC takes its own gate only and calls no device.
/// A line's "asserted" is what the wire means, so that the polarity bit of an entry is kept for the guest and changes nothing here.
/// An edge on a masked pin is lost: it is "not delivered or held pending" (data sheet, 3.2.4). A level is the state of the wire: it is
/// delivered when the pin is unmasked, and again after the end of an interrupt while it is still asserted. Where ends are not seen
/// (<see cref="IoApicOptions"/>), a level would be delivered once and never again: pins are edge-triggered then, whatever the guest writes, and it reads so.
/// </remarks>
public sealed class IoApic : Device, IMmioDevice, IInterruptController
{
    /// <summary>Number of pins.</summary>
    public const int PinCount = 24;

    /// <summary>Where the registers lie.</summary>
    public const ulong Address = 0xFEC0_0000;

    private const ulong WindowSize = 0x1000;
    private const ulong SelectOffset = 0x00;
    private const ulong WindowOffset = 0x10;
    private const ulong EndOfInterruptOffset = 0x40;

    private const byte IdRegister = 0;
    private const byte VersionRegister = 1;
    private const byte ArbitrationRegister = 2;
    private const byte FirstEntryRegister = 0x10;
    private const byte LastEntryRegister = FirstEntryRegister + (2 * PinCount) - 1;
    private const uint Version = 0x20;
    private const int LastEntryShift = 16;
    private const uint IdBits = 0x0F00_0000;

    private readonly IMsiSink _messages;
    private readonly LevelRoutes _routes;
    private readonly bool _seesEnds;
    private readonly IoApicPin[] _pins;
    private byte _selected;
    private uint _id;

    /// <summary>Makes one with all pins masked.</summary>
    /// <param name="messages">Takes the messages.</param>
    /// <param name="router">Is told the messages of level-triggered pins in use, the end of whose interrupts must reach <see cref="EndOfInterrupt"/>.</param>
    /// <param name="options">What it must do without; null for nothing.</param>
    public IoApic(IMsiSink messages, IMsiRouter router, IoApicOptions? options = null)
        : base("ioapic")
    {
        _seesEnds = options?.SeesEndsOfInterrupts ?? true;
        _messages = messages;
        _routes = new LevelRoutes(router);
        _pins = new IoApicPin[PinCount];
        for (int i = 0; i < PinCount; i++)
        {
            _pins[i] = new IoApicPin(this);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<MmioRange> MmioRanges { get; } = [new MmioRange(Address, WindowSize, "registers")];

    /// <inheritdoc/>
    public IInterruptLine GetLine(int gsi)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gsi);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(gsi, PinCount);
        return _pins[gsi];
    }

    /// <inheritdoc/>
    public void ReadMmio(int range, ulong offset, Span<byte> data)
    {
        uint value = offset switch
        {
            SelectOffset => _selected,
            WindowOffset => ReadRegister(_selected),
            _ => 0,
        };
        if (data.Length == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data, value);
        }
        else if (offset == SelectOffset)
        {
            data[0] = (byte)value;
        }
    }

    /// <inheritdoc/>
    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data)
    {
        if (offset == SelectOffset)
        {
            _selected = data[0];
        }
        else if (data.Length == sizeof(uint))
        {
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(data);
            switch (offset)
            {
                case WindowOffset:
                    WriteRegister(_selected, value);
                    break;
                case EndOfInterruptOffset:
                    EndOfInterrupt((byte)value);
                    break;
            }
        }
    }

    /// <summary>An APIC ended a level-triggered interrupt (KVM_EXIT_IOAPIC_EOI, or a broadcast through the EOI register).</summary>
    /// <param name="vector">Its vector.</param>
    public void EndOfInterrupt(byte vector)
    {
        lock (Gate)
        {
            foreach (IoApicPin pin in _pins)
            {
                if (pin.Entry.RemoteIrr && pin.Entry.Vector == vector)
                {
                    pin.Entry = pin.Entry.WithRemoteIrr(false);
                    DeliverLevel(pin);
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>The lines keep their levels: those belong to the devices.</remarks>
    public override void Reset()
    {
        _selected = 0;
        _id = 0;
        foreach (IoApicPin pin in _pins)
        {
            pin.Entry = RedirectionEntry.Reset;
        }

        _routes.Update(_pins);
    }

    internal void Drive(IoApicPin pin, bool asserted)
    {
        lock (Gate)
        {
            bool rises = asserted && !pin.Asserted;
            pin.Asserted = asserted;
            if (pin.Entry.IsLevel)
            {
                DeliverLevel(pin);
            }
            else if (rises && !pin.Entry.IsMasked)
            {
                Send(pin.Entry);
            }
        }
    }

    private void DeliverLevel(IoApicPin pin)
    {
        bool due = pin.Asserted && !pin.Entry.IsMasked && !pin.Entry.RemoteIrr;
        bool accepted = due && Send(pin.Entry);
        pin.Entry = pin.Entry.WithSendPending(due && !accepted);
        if (accepted)
        {
            pin.Entry = pin.Entry.WithRemoteIrr(true);
        }
    }

    private bool Send(RedirectionEntry entry)
    {
        MsiMessage message = entry.Message;
        return _messages.Signal(message.Address, message.Data);
    }

    private uint ReadRegister(byte register) => register switch
    {
        IdRegister or ArbitrationRegister => _id,
        VersionRegister => Version | ((PinCount - 1) << LastEntryShift),
        >= FirstEntryRegister and <= LastEntryRegister => (uint)(PinOf(register).Entry.Value >> HalfShift(register)),
        _ => 0,
    };

    private void WriteRegister(byte register, uint value)
    {
        switch (register)
        {
            case IdRegister:
                _id = value & IdBits;
                break;
            case >= FirstEntryRegister and <= LastEntryRegister:
                WriteEntry(PinOf(register), HalfShift(register), value);
                break;
        }
    }

    private void WriteEntry(IoApicPin pin, int shift, uint half)
    {
        ulong written = (pin.Entry.Value & ~((ulong)uint.MaxValue << shift)) | ((ulong)half << shift);
        bool wasMasked = pin.Entry.IsMasked;
        pin.Entry = pin.Entry.Written(written);
        if (!_seesEnds && pin.Entry.IsLevel)
        {
            WriteLevelAsEdge(pin, wasMasked);
            return;
        }

        // The route first: an interrupt whose end nobody reports would be the pin's last.
        _routes.Update(_pins);
        if (pin.Entry.IsLevel)
        {
            DeliverLevel(pin);
        }
    }

    // What was asserted behind the mask would be lost as an edge, and the guest asked for a level.
    private void WriteLevelAsEdge(IoApicPin pin, bool wasMasked)
    {
        pin.Entry = pin.Entry.AsEdge();
        if (wasMasked && !pin.Entry.IsMasked && pin.Asserted)
        {
            Send(pin.Entry);
        }
    }

    private IoApicPin PinOf(byte register) => _pins[(register - FirstEntryRegister) / 2];

    // Even registers hold the low half of an entry.
    private static int HalfShift(byte register) => (register & 1) * 32;
}
