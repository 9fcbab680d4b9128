namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Where things are when nobody says otherwise: the places of the XDG Base Directory Specification, or those of the system for root.</summary>
/// <param name="environment">Gives variables.</param>
/// <param name="isRoot">Whether the daemon is the system's.</param>
internal sealed class ServeDefaults(Func<string, string?> environment, bool isRoot)
{
    private const string Name = "vmm";

    /// <summary>Those of this process.</summary>
    public static ServeDefaults Current => new(Environment.GetEnvironmentVariable, UserCalls.EffectiveUser == 0);

    /// <summary>The configuration file that is read if it is there.</summary>
    public string ConfigFile => isRoot ? $"/etc/{Name}/serve.json" : Path.Combine(Folder("XDG_CONFIG_HOME", ".config"), "serve.json");

    /// <summary>Where machines are kept.</summary>
    public string StateFolder => Variable("VMM_STATE") ?? (isRoot ? $"/var/lib/{Name}" : Folder("XDG_STATE_HOME", ".local/state"));

    /// <summary>Where sockets are.</summary>
    public string RuntimeFolder => Variable("XDG_RUNTIME_DIR") is { } folder ? Path.Combine(folder, Name)
        : isRoot ? $"/run/{Name}"
        : Path.Combine(Path.GetTempPath(), $"{Name}-{UserCalls.EffectiveUser}");

    private string Folder(string variable, string underHome) =>
        Path.Combine(Variable(variable) ?? Path.Combine(Variable("HOME") ?? "/", underHome), Name);

    private string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
}
