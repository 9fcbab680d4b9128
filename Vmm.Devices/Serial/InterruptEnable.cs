namespace Vmm.Devices.Serial;

/// <summary>IER.</summary>
[Flags]
internal enum InterruptEnable : byte
{
    None = 0,

    /// <summary>ERBFI: received data available, and character time-out.</summary>
    ReceivedData = 1 << 0,

    /// <summary>ETBEI: transmitter holding register empty.</summary>
    TransmitterEmpty = 1 << 1,

    /// <summary>ELSI: receiver line status.</summary>
    LineStatus = 1 << 2,

    /// <summary>EDSSI: modem status.</summary>
    ModemStatus = 1 << 3,

    /// <summary>The other bits are always zero: drivers tell a 16550A from its successors by them.</summary>
    Implemented = ReceivedData | TransmitterEmpty | LineStatus | ModemStatus,
}
