namespace Vmm.Devices.Rtc;

/// <summary>Register C: what happened since it was last read. The flags lie where register B has their enables.</summary>
[Flags]
internal enum RtcRegisterC : byte
{
    None = 0,

    /// <summary>UF.</summary>
    Update = 1 << 4,

    /// <summary>AF.</summary>
    Alarm = 1 << 5,

    /// <summary>PF.</summary>
    Periodic = 1 << 6,

    /// <summary>IRQF: some flag is set that is enabled.</summary>
    InterruptRequest = 1 << 7,
}
