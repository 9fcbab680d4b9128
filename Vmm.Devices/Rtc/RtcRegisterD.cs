namespace Vmm.Devices.Rtc;

/// <summary>Register D.</summary>
[Flags]
internal enum RtcRegisterD : byte
{
    None = 0,

    /// <summary>VRT: the battery kept RAM and time.</summary>
    ValidRamAndTime = 1 << 7,
}
