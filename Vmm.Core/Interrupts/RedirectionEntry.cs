namespace Vmm.Core.Interrupts;

/// <summary>One entry of the I/O redirection table (82093AA data sheet, 3.2.4).</summary>
/// <param name="Value">All 64 bits, as the guest reads them.</param>
public readonly record struct RedirectionEntry(ulong Value)
{
    private const ulong LogicalBit = 1 << 11;
    private const ulong DeliveryStatusBit = 1 << 12;
    private const ulong RemoteIrrBit = 1 << 14;
    private const ulong LevelBit = 1 << 15;
    private const ulong MaskBit = 1 << 16;
    private const ulong ReadOnlyBits = DeliveryStatusBit | RemoteIrrBit;

    private const uint VectorAndModeBits = 0x7FF;
    private const int DestinationShift = 56;
    private const int ExtendedDestinationShift = 49;
    private const uint ExtendedDestinationBits = 0x7F;

    private const uint MessageAssert = 1 << 14;
    private const uint MessageLevel = 1 << 15;

    /// <summary>The entry after a reset: masked, the rest zero.</summary>
    public static RedirectionEntry Reset { get; } = new(MaskBit);

    /// <summary>Interrupt vector.</summary>
    public byte Vector => (byte)Value;

    /// <summary>Whether the pin is level-triggered.</summary>
    public bool IsLevel => (Value & LevelBit) != 0;

    /// <summary>Whether the pin is masked.</summary>
    public bool IsMasked => (Value & MaskBit) != 0;

    /// <summary>Level-triggered: an APIC took the interrupt and has not ended it yet.</summary>
    public bool RemoteIrr => (Value & RemoteIrrBit) != 0;

    /// <summary>The destination's APIC id or logical id: bits 63:56, extended by bits 55:49 as KVM and Hyper-V do (15 bits).</summary>
    public uint Destination =>
        (uint)(Value >> DestinationShift) | (((uint)(Value >> ExtendedDestinationShift) & ExtendedDestinationBits) << 8);

    /// <summary>The message that the pin sends.</summary>
    public MsiMessage Message => MsiMessage.To(
        Destination, ((uint)Value & VectorAndModeBits) | (IsLevel ? MessageLevel | MessageAssert : 0), logical: (Value & LogicalBit) != 0);

    /// <summary>The entry with remote IRR set or clear.</summary>
    public RedirectionEntry WithRemoteIrr(bool set) => new(set ? Value | RemoteIrrBit : Value & ~RemoteIrrBit);

    /// <summary>The entry with the delivery status "send pending" or "idle".</summary>
    public RedirectionEntry WithSendPending(bool pending) => new(pending ? Value | DeliveryStatusBit : Value & ~DeliveryStatusBit);

    /// <summary>The entry as one that is edge-triggered.</summary>
    public RedirectionEntry AsEdge() => new(Value & ~LevelBit);

    /// <summary>The entry after the guest wrote it. Read-only bits keep their state, but an edge-triggered pin has no remote IRR.</summary>
    /// <param name="written">All 64 bits, the unwritten half as it was.</param>
    public RedirectionEntry Written(ulong written)
    {
        RedirectionEntry entry = new((written & ~ReadOnlyBits) | (Value & ReadOnlyBits));
        return entry.IsLevel ? entry : entry.WithRemoteIrr(false);
    }
}
