namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>Types of events (TCG PC Client Platform Firmware Profile, "Event Types"): those used here.</summary>
public enum TcgEventType : uint
{
    /// <summary>EV_NO_ACTION: describes the log; nothing is extended.</summary>
    NoAction = 0x3,

    /// <summary>EV_SEPARATOR: the end of what was measured before the operating system.</summary>
    Separator = 0x4,

    /// <summary>EV_PLATFORM_CONFIG_FLAGS: configuration of the platform.</summary>
    PlatformConfigFlags = 0xA,

    /// <summary>EV_IPL: what a boot loader loads.</summary>
    Ipl = 0xD,
}
