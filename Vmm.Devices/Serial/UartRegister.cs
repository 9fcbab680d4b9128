namespace Vmm.Devices.Serial;

/// <summary>Register offsets. While <see cref="LineControl.DivisorLatchAccess"/> is set, the first two address the divisor latch.</summary>
internal enum UartRegister
{
    /// <summary>RBR when read, THR when written; DLL.</summary>
    Data = 0,

    /// <summary>IER; DLM.</summary>
    InterruptEnable = 1,

    /// <summary>IIR when read, FCR when written.</summary>
    InterruptIdentificationOrFifoControl = 2,

    /// <summary>LCR.</summary>
    LineControl = 3,

    /// <summary>MCR.</summary>
    ModemControl = 4,

    /// <summary>LSR.</summary>
    LineStatus = 5,

    /// <summary>MSR.</summary>
    ModemStatus = 6,

    /// <summary>SCR.</summary>
    Scratch = 7,
}
