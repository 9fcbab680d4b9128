namespace Vmm.Devices.Rtc;

/// <summary>Register A.</summary>
[Flags]
internal enum RtcRegisterA : byte
{
    None = 0,

    /// <summary>RS3:0: rate of the periodic interrupt.</summary>
    RateSelect = 0x0F,

    /// <summary>DV2:0.</summary>
    Divider = 0x70,

    /// <summary>DV2:0 for a 32,768 Hz crystal; with any other value the clock of a PC stands.</summary>
    Divider32768 = 0x20,

    /// <summary>UIP: the time is about to change.</summary>
    UpdateInProgress = 0x80,
}
