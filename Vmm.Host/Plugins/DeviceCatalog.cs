using System.Reflection;
using Vmm.Core.Buses;
using Vmm.Devices.Serial;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Plugins.Loading;

namespace Vmm.Host.Plugins;

/// <summary>The device models there are, by type name: every class with a <see cref="DeviceAttribute"/>, built in or not.</summary>
public sealed class DeviceCatalog
{
    private const string OptionsSuffix = "Options";

    private readonly Dictionary<string, DeviceModel> _models = new(StringComparer.Ordinal);

    /// <summary>The models that are built in.</summary>
    public static DeviceCatalog BuiltIn()
    {
        DeviceCatalog catalog = new();
        catalog.Add(typeof(Uart16550).Assembly);
        return catalog;
    }

    /// <summary>The models that are built in, and those of plugins.</summary>
    /// <param name="plugins">Assemblies, or folders with assemblies.</param>
    /// <exception cref="UserErrorException">A plugin cannot be used.</exception>
    public static DeviceCatalog With(IReadOnlyList<string> plugins)
    {
        DeviceCatalog catalog = BuiltIn();
        foreach (Plugin plugin in PluginLoader.Load(plugins))
        {
            catalog.Add(plugin);
        }

        return catalog;
    }

    /// <summary>All models, by type name.</summary>
    public IReadOnlyList<DeviceModel> Models => [.. _models.Values.OrderBy(model => model.Type, StringComparer.Ordinal)];

    /// <summary>Adds the models of an assembly.</summary>
    /// <exception cref="UserErrorException">One of them has a type name that is taken, or no constructor to be created with.</exception>
    public void Add(Assembly assembly) => Add(assembly, plugin: null);

    private void Add(Plugin plugin)
    {
        try
        {
            Add(plugin.Assembly, plugin);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MissingMethodException)
        {
            throw new UserErrorException(ExitCode.BadData, $"{plugin}: something that it needs is missing: {e.Message}");
        }

        if (plugin.Manifest.DeviceTypes.FirstOrDefault(type => !_models.ContainsKey(type)) is { } hidden)
        {
            throw new UserErrorException(ExitCode.BadData, $"{plugin}: the class of device type \"{hidden}\" is not public");
        }
    }

    private void Add(Assembly assembly, Plugin? plugin)
    {
        foreach (Type type in assembly.GetExportedTypes())
        {
            // To ask whether there is one costs less than to look for one that is not there.
            if (type.IsDefined(typeof(DeviceAttribute), inherit: false) && type.GetCustomAttribute<DeviceAttribute>(inherit: false) is { } attribute)
            {
                Add(type, attribute, plugin);
            }
        }
    }

    /// <summary>Reads the options of a machine's devices against the types that their models declare.</summary>
    /// <exception cref="UserErrorException">A type is unknown or options are wrong; every mistake is in the message.</exception>
    public IReadOnlyList<PlannedDevice> Plan(IReadOnlyList<DeviceConfig> devices)
    {
        ConfigErrors errors = new();
        List<PlannedDevice> planned = [];
        foreach (DeviceConfig device in devices)
        {
            if (_models.TryGetValue(device.Type, out DeviceModel? model))
            {
                object? options = OptionsBinder.Bind(model.Options, new ConfigObject(device.Options, errors));
                planned.Add(new PlannedDevice(model, device.Name, options) { OnFault = device.OnFault });
            }
            else
            {
                errors.Add(device.Location, $"there is no device of type \"{device.Type}\"{NearestName.Suggest(device.Type, _models.Keys)}");
            }
        }

        errors.ThrowIfAny();
        return planned;
    }

    private void Add(Type type, DeviceAttribute attribute, Plugin? plugin)
    {
        string what = $"{(plugin is null ? "" : $"{plugin}: ")}device type \"{attribute.Type}\" ({type.FullName})";
        if (!type.IsSubclassOf(typeof(Device)) || type.IsAbstract)
        {
            throw new UserErrorException(ExitCode.BadData, $"{what} must derive from {typeof(Device).FullName} and not be abstract");
        }

        if (type.GetConstructors() is not [var constructor])
        {
            throw new UserErrorException(ExitCode.BadData, $"{what} needs exactly one public constructor");
        }

        // By convention: Uart16550 takes Uart16550Options.
        Type? options = constructor.GetParameters().Select(parameter => parameter.ParameterType).FirstOrDefault(one => one.Name.EndsWith(OptionsSuffix, StringComparison.Ordinal));
        if (options is not null)
        {
            OptionsBinder.Require(options, what);
        }

        if (!_models.TryAdd(attribute.Type, new DeviceModel(attribute.Type, attribute.Summary, type, constructor, options) { Plugin = plugin }))
        {
            throw new UserErrorException(
                ExitCode.BadData, $"{what}: there is a device type of this name already, {_models[attribute.Type].Class.FullName}; remove one of the two");
        }
    }
}
