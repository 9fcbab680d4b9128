using System.Text;
using System.Text.RegularExpressions;
using Vmm.Host.Configuration;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Checks what can be known of a machine before it is started. Files that it names are looked at when it is: they may come later.</summary>
internal static partial class DefinitionCheck
{
    /// <summary>The name of a machine to be created.</summary>
    /// <exception cref="ControlException">The name or the definition is wrong.</exception>
    public static string NameOf(CreateRequest request)
    {
        Definition definition = request.Definition ?? new Definition();
        if (definition.Folder.Length > 0 && !Path.IsPathRooted(definition.Folder))
        {
            throw new ControlException(ControlReason.BadDefinition, $"the folder \"{definition.Folder}\" is no absolute path");
        }

        MachineConfig config = Read(definition);
        string name = request.Name.Length > 0 ? request.Name : config.Name;
        return GoodName().IsMatch(name)
            ? name
            : throw new ControlException(ControlReason.BadName, $"\"{name}\" is no name: letters, digits, '.', '_' and '-', at most 64, the first a letter or a digit");
    }

    private static MachineConfig Read(Definition definition)
    {
        string home = definition.Folder.Length > 0 ? definition.Folder : "/";
        try
        {
            ConfigErrors errors = new();
            ConfigNode? root = definition.Config.Length > 0
                ? ConfigFile.Parse(Encoding.UTF8.GetBytes(definition.Config), ConfigSource.File(Path.Combine(home, "config")), errors)
                : ConfigNode.EmptyObject(ConfigSource.Option("definition"));
            errors.ThrowIfAny();
            foreach ((string key, string value) in definition.Options.Where(_ => root!.Kind == ConfigKind.Object))
            {
                root = root!.With(key, ConfigNode.FromOption(ConfigSource.Option($"--{key}"), value));
            }

            MachineConfig config = MachineConfigReader.Read(root!, errors);
            foreach (string device in definition.Devices)
            {
                config = DeviceConfigReader.ReadOne(new ConfigObject(DeviceOption.Parse(device), errors), config.Devices) is { } one
                    ? config with { Devices = [.. config.Devices, one] }
                    : config;
            }

            errors.ThrowIfAny();
            return config;
        }
        catch (UserErrorException e)
        {
            throw new ControlException(ControlReason.BadDefinition, e.Message);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GoodName();
}
