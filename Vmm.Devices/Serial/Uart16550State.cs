namespace Vmm.Devices.Serial;

/// <summary>State of a <see cref="Uart16550"/>.</summary>
/// <param name="InterruptEnable">IER.</param>
/// <param name="LineControl">LCR.</param>
/// <param name="Divisor">The divisor latch.</param>
/// <param name="Scratch">SCR.</param>
/// <param name="ModemControl">MCR.</param>
/// <param name="ModemDeltas">The delta bits of MSR.</param>
/// <param name="TransmitterInterrupt">Whether the transmitter's interrupt is pending.</param>
/// <param name="Receiver">The receiver.</param>
public sealed record Uart16550State(
    byte InterruptEnable,
    byte LineControl,
    ushort Divisor,
    byte Scratch,
    byte ModemControl,
    byte ModemDeltas,
    bool TransmitterInterrupt,
    ReceiverState Receiver);
