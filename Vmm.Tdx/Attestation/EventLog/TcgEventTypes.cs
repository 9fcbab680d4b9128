namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>The names of event types, as the specification writes them.</summary>
public static class TcgEventTypes
{
    private static readonly (TcgEventType Type, string Name)[] Names =
    [
        (TcgEventType.NoAction, "EV_NO_ACTION"),
        (TcgEventType.Separator, "EV_SEPARATOR"),
        (TcgEventType.PlatformConfigFlags, "EV_PLATFORM_CONFIG_FLAGS"),
        (TcgEventType.Ipl, "EV_IPL"),
    ];

    /// <summary>The name of a type.</summary>
    public static string ToName(this TcgEventType type) => Array.Find(Names, one => one.Type == type).Name ?? $"0x{(uint)type:x}";

    /// <summary>The type of a name.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static TcgEventType Parse(string name) =>
        Array.Find(Names, one => one.Name == name) is { Name: not null } found ? found.Type : throw new FormatException($"there is no event type \"{name}\"");
}
