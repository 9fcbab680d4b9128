namespace Vmm.Devices.Serial;

/// <summary>MCR.</summary>
[Flags]
internal enum ModemControl : byte
{
    None = 0,
    Dtr = 1 << 0,
    Rts = 1 << 1,
    Out1 = 1 << 2,

    /// <summary>On a PC this output connects the interrupt pin to the bus.</summary>
    Out2 = 1 << 3,
    Loopback = 1 << 4,
    Implemented = Dtr | Rts | Out1 | Out2 | Loopback,
}
