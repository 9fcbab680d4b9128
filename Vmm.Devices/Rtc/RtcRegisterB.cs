namespace Vmm.Devices.Rtc;

/// <summary>Register B.</summary>
[Flags]
internal enum RtcRegisterB : byte
{
    None = 0,

    /// <summary>DSE. Kept and ignored: the clock runs in UTC.</summary>
    DaylightSaving = 1 << 0,

    /// <summary>24/12: hours run from 0 to 23.</summary>
    Hours24 = 1 << 1,

    /// <summary>DM: binary instead of BCD.</summary>
    Binary = 1 << 2,

    /// <summary>SQWE. Kept; the square-wave pin is connected to nothing.</summary>
    SquareWave = 1 << 3,

    /// <summary>UIE.</summary>
    UpdateInterrupt = 1 << 4,

    /// <summary>AIE.</summary>
    AlarmInterrupt = 1 << 5,

    /// <summary>PIE.</summary>
    PeriodicInterrupt = 1 << 6,

    /// <summary>SET: the registers hold still for the guest to set them.</summary>
    Set = 1 << 7,
}
