using System.Reflection;
using Vmm.Core.Buses;
using Vmm.Devices.Serial;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins;

/// <summary>The device models there are, by type name: every class with a <see cref="DeviceAttribute"/>, built in or not.</summary>
public sealed class DeviceCatalog
{
    private const string OptionsSuffix = "Options";

    private readonly SortedDictionary<string, DeviceModel> _models = new(StringComparer.Ordinal);

    /// <summary>The models that are built in.</summary>
    public static DeviceCatalog BuiltIn()
    {
        DeviceCatalog catalog = new();
        catalog.Add(typeof(Uart16550).Assembly);
        return catalog;
    }

    /// <summary>All models.</summary>
    public IReadOnlyCollection<DeviceModel> Models => _models.Values;

    /// <summary>Adds the models of an assembly.</summary>
    /// <exception cref="UserErrorException">One of them has a type name that is taken, or no constructor to be created with.</exception>
    public void Add(Assembly assembly)
    {
        foreach (Type type in assembly.GetExportedTypes())
        {
            if (type.GetCustomAttribute<DeviceAttribute>(inherit: false) is { } attribute)
            {
                Add(type, attribute);
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
                planned.Add(new PlannedDevice(model, device.Name, OptionsBinder.Bind(model.Options, new ConfigObject(device.Options, errors))));
            }
            else
            {
                errors.Add(device.Location, $"there is no device of type \"{device.Type}\"{NearestName.Suggest(device.Type, _models.Keys)}");
            }
        }

        errors.ThrowIfAny();
        return planned;
    }

    private void Add(Type type, DeviceAttribute attribute)
    {
        if (type.GetConstructors() is not [var constructor])
        {
            throw new UserErrorException(ExitCode.BadData, $"device type \"{attribute.Type}\" ({type.FullName}) needs exactly one public constructor");
        }

        // By convention: Uart16550 takes Uart16550Options.
        Type? options = constructor.GetParameters().Select(parameter => parameter.ParameterType).FirstOrDefault(one => one.Name.EndsWith(OptionsSuffix, StringComparison.Ordinal));
        if (!_models.TryAdd(attribute.Type, new DeviceModel(attribute.Type, attribute.Summary, type, constructor, options)))
        {
            throw new UserErrorException(
                ExitCode.BadData, $"device type \"{attribute.Type}\" is declared by {type.FullName} and by {_models[attribute.Type].Class.FullName}; remove one of the two");
        }
    }
}
