namespace Vmm.Devices.Serial;

/// <summary>LSR.</summary>
[Flags]
internal enum LineStatus : byte
{
    None = 0,
    DataReady = 1 << 0,
    OverrunError = 1 << 1,
    ParityError = 1 << 2,
    FramingError = 1 << 3,
    BreakInterrupt = 1 << 4,

    /// <summary>THRE.</summary>
    TransmitterHoldingEmpty = 1 << 5,

    /// <summary>TEMT.</summary>
    TransmitterEmpty = 1 << 6,

    /// <summary>FIFO mode only: some byte in the receiver FIFO has an error.</summary>
    ErrorInFifo = 1 << 7,

    /// <summary>What raises the receiver line status interrupt, and what reading LSR clears.</summary>
    Errors = OverrunError | ParityError | FramingError | BreakInterrupt,
}
