using System.CommandLine;
using System.Text;
using Vmm.Host.Configuration;
using Vmm.Host.Control.Api;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli;

/// <summary>What says on a command line which machine is meant: a configuration, and options that override it.</summary>
internal sealed class MachineOptions
{
    // Values that are paths on the host: relative ones start from where the user is.
    private static readonly string[] Paths = ["kernel", "initrd", "policy", "firmware"];

    private readonly Argument<string?> _file = new("CONFIG") { Arity = ArgumentArity.ZeroOrOne, Description = "Configuration file (JSON with comments); options override it" };

    // The names of these options are the keys of the configuration: one reader checks both.
    private readonly Option<string>[] _settings =
    [
        Text("firmware", "FILE", "TDVF image to boot on TDX hardware"),
        Text("kernel", "FILE", "Kernel image: ELF or bzImage"),
        Text("initrd", "FILE", "Initial ramdisk"),
        Text("cmdline", "TEXT", "Kernel command line"),
        Text("memory", "SIZE", "RAM: MiB, or with a suffix, e.g. 512M, 1G"),
        Text("cpus", "N", "Number of vCPUs"),
        Text("name", "NAME", "Name of the machine"),
        Text("guest", "td|ordinary", "What the guest is"),
        Text("backend", "auto|emulated|tdx", "Who plays the TDX module"),
        Text("boot", "unpack|decompressor", "How a bzImage is started"),
        Text("ve", "architectural|fast", "How an emulated TD's trapped accesses are served"),
        Text("policy", "FILE", "CPUID and MSR policy"),
    ];

    private readonly Option<string[]> _devices = new("--device")
    {
        HelpName = "TYPE[,name=NAME][,OPTION=VALUE]",
        Description = "Add a device; may be repeated",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _plugins = new("--plugin")
    {
        HelpName = "PATH",
        Description = "Take device types from an assembly, or from the assemblies in a folder; may be repeated",
        Arity = ArgumentArity.OneOrMore,
    };

    public MachineOptions(Command command)
    {
        _file.Validators.Add(UsageErrors.RefuseOptions);
        command.Add(_file);
        Array.ForEach(_settings, command.Add);
        command.Add(_devices);
        command.Add(_plugins);
    }

    /// <summary>Reads and checks it here.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">Where relative paths in the file start; null for the file's own folder.</param>
    /// <exception cref="UserErrorException">Something in it is wrong.</exception>
    public MachineConfig Load(ParseResult parsed, string? folder = null)
    {
        ConfigNode? file = parsed.GetValue(_file) is { } path ? ConfigFile.Read(path, folder) : null;
        return ConfigLoader.Load(file, Given(parsed), parsed.GetValue(_devices) ?? [], parsed.GetValue(_plugins) ?? []);
    }

    /// <summary>Hands it on unread, for a daemon to check.</summary>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public Definition Define(ParseResult parsed)
    {
        Definition definition = new() { Folder = Directory.GetCurrentDirectory() };
        if (parsed.GetValue(_file) is { } file)
        {
            definition.Config = Encoding.UTF8.GetString(InputFile.ReadAll(file, "configuration", ConfigFile.MaxSize));
            definition.Folder = Path.GetDirectoryName(Path.GetFullPath(file));
        }

        foreach ((string key, string value) in Given(parsed))
        {
            definition.Options[key] = Paths.Contains(key) ? Path.GetFullPath(value) : value;
        }

        definition.Devices.AddRange(parsed.GetValue(_devices) ?? []);
        definition.Plugins.AddRange((parsed.GetValue(_plugins) ?? []).Select(Path.GetFullPath));
        return definition;
    }

    private static Option<string> Text(string name, string valueName, string description) => new($"--{name}") { HelpName = valueName, Description = description };

    private Dictionary<string, string> Given(ParseResult parsed)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach (Option<string> option in _settings)
        {
            if (parsed.GetValue(option) is { } value)
            {
                given[option.Name.TrimStart('-')] = value;
            }
        }

        return given;
    }
}
