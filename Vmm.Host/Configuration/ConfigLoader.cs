using Vmm.Host.Errors;

namespace Vmm.Host.Configuration;

/// <summary>Makes the definition of a machine of a file and the command line's options, which win.</summary>
public static class ConfigLoader
{
    /// <inheritdoc cref="Load(ConfigNode?, IReadOnlyDictionary{string, string}, IReadOnlyList{string}, IReadOnlyList{string}?)"/>
    public static MachineConfig Load(string? file, IReadOnlyDictionary<string, string> options, IReadOnlyList<string> devices, IReadOnlyList<string>? plugins = null) =>
        Load(file is null ? null : ConfigFile.Read(file), options, devices, plugins);

    /// <summary>Loads and checks.</summary>
    /// <param name="file">Configuration file, or null for none.</param>
    /// <param name="options">Values given on the command line, by key of the configuration.</param>
    /// <param name="devices">Devices added on the command line: <c>TYPE[,name=NAME][,OPTION=VALUE…]</c>.</param>
    /// <param name="plugins">Plugins added on the command line; relative to the current folder. Null for none.</param>
    /// <exception cref="UserErrorException">Something is wrong; all of it is in the message.</exception>
    public static MachineConfig Load(
        ConfigNode? file, IReadOnlyDictionary<string, string> options, IReadOnlyList<string> devices, IReadOnlyList<string>? plugins = null)
    {
        ConfigNode root = file ?? ConfigNode.EmptyObject(ConfigSource.Option("vmm run"));
        if (root.Kind == ConfigKind.Object)
        {
            foreach ((string key, string value) in options)
            {
                root = root.With(key, ConfigNode.FromOption(ConfigSource.Option($"--{key}"), value));
            }
        }

        ConfigErrors errors = new();
        MachineConfig config = MachineConfigReader.Read(root, errors);
        foreach (string device in devices)
        {
            ConfigObject added = new(DeviceOption.Parse(device), errors);
            config = DeviceConfigReader.ReadOne(added, config.Devices) is { } one ? config with { Devices = [.. config.Devices, one] } : config;
        }

        config = config with { Plugins = [.. config.Plugins, .. (plugins ?? []).Select(Path.GetFullPath)] };
        errors.ThrowIfAny();
        if (config.Firmware is { } firmware)
        {
            InputFile.Require(firmware, "firmware");
        }

        // Firmware may find something to boot by itself.
        if (config.Firmware is null || config.Kernel.Length > 0)
        {
            InputFile.Require(config.Kernel, "kernel");
        }

        foreach ((string? path, string what) in new[] { (config.Initrd, "initrd"), (config.Policy, "policy") })
        {
            if (path is not null)
            {
                InputFile.Require(path, what);
            }
        }

        return config;
    }
}
