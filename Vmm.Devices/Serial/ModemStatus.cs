namespace Vmm.Devices.Serial;

/// <summary>MSR.</summary>
[Flags]
internal enum ModemStatus : byte
{
    None = 0,
    DeltaCts = 1 << 0,
    DeltaDsr = 1 << 1,

    /// <summary>TERI: RI went from active to inactive.</summary>
    TrailingEdgeRi = 1 << 2,
    DeltaDcd = 1 << 3,
    Cts = 1 << 4,
    Dsr = 1 << 5,
    Ri = 1 << 6,
    Dcd = 1 << 7,

    /// <summary>What raises the modem status interrupt, and what reading MSR clears.</summary>
    Deltas = DeltaCts | DeltaDsr | TrailingEdgeRi | DeltaDcd,
}
