namespace Vmm.Core.Interrupts;

/// <summary>A message-signalled interrupt (Intel SDM volume 3, "Message Signalled Interrupts").</summary>
/// <param name="Address">0xFEExxxxx with the destination; bits 63:40 carry destination-id bits 31:8 (x2APIC format of KVM).</param>
/// <param name="Data">Vector, delivery mode, level and trigger mode.</param>
public readonly record struct MsiMessage(ulong Address, uint Data)
{
    private const ulong Base = 0xFEE0_0000;
    private const ulong LogicalBit = 1 << 2;
    private const uint LowDestination = 0xFF;
    private const int LowDestinationShift = 12;
    private const int HighDestinationShift = 32;

    /// <summary>Builds a message.</summary>
    /// <param name="destination">x2APIC id, or a logical id.</param>
    /// <param name="data">Vector in bits 7:0, delivery mode in 10:8 (0: fixed).</param>
    /// <param name="logical">Whether the destination is a logical id.</param>
    public static MsiMessage To(uint destination, uint data, bool logical = false) => new(
        Base
            | ((destination & LowDestination) << LowDestinationShift)
            | ((ulong)(destination & ~LowDestination) << HighDestinationShift)
            | (logical ? LogicalBit : 0),
        data);
}
