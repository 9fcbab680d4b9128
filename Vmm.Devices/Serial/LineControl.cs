namespace Vmm.Devices.Serial;

/// <summary>LCR. Word length, parity and break are kept and read back; a line without bit times has no use for them.</summary>
[Flags]
internal enum LineControl : byte
{
    None = 0,
    WordLength = 3 << 0,
    StopBits = 1 << 2,
    ParityEnable = 1 << 3,
    EvenParity = 1 << 4,
    StickParity = 1 << 5,
    SetBreak = 1 << 6,

    /// <summary>DLAB.</summary>
    DivisorLatchAccess = 1 << 7,
}
