namespace Vmm.Host.Configuration;

/// <summary>Reads the list of devices. Whether a type exists and its options fit is for the device catalogue to say.</summary>
public static class DeviceConfigReader
{
    private const string Key = "devices";

    // A machine that says nothing has what a kernel looks for, and a console.
    private static readonly string[] DefaultTypes = ["uart16550", "rtc", "i8042", "debug-exit", "post-code", "debug-console", "acpi-power", "power-button", "pm-timer"];

    /// <summary>The devices of a machine that lists none.</summary>
    public static IReadOnlyList<DeviceConfig> Defaults(ConfigSource source) =>
        [.. DefaultTypes.Select(type => new DeviceConfig(type, DefaultName(type, []), ConfigNode.EmptyObject(source)))];

    /// <summary>Reads <c>devices</c>, or the default set where there is none.</summary>
    public static IReadOnlyList<DeviceConfig> Read(ConfigObject machine, ConfigErrors errors)
    {
        if (machine.Items(Key) is not { } items)
        {
            return Defaults(machine.Node.Location.Source);
        }

        List<DeviceConfig> devices = [];
        foreach (ConfigNode item in items)
        {
            if (ReadOne(new ConfigObject(item, errors), devices) is { } device)
            {
                devices.Add(device);
            }
        }

        return devices;
    }

    /// <summary>Reads one device; the name must be free among <paramref name="others"/>.</summary>
    public static DeviceConfig? ReadOne(ConfigObject device, IReadOnlyList<DeviceConfig> others)
    {
        string? type = device.String("type");
        string? name = device.String("name");
        ConfigNode options = device.Object("options").Node;
        FaultAction? onFault = device.Name<FaultAction>("onFault");
        device.Done();
        if (type is null)
        {
            if (device.Node.Kind == ConfigKind.Object && !device.Node.Members.Any(member => member.Name == "type"))
            {
                device.Report(device.Node, "a device needs a \"type\"");
            }

            return null;
        }

        name ??= DefaultName(type, others);
        if (others.Any(other => other.Name == name))
        {
            device.Report(device.Node, $"there is a device named \"{name}\" already; give this one another \"name\"");
            return null;
        }

        return new DeviceConfig(type, name, options) { OnFault = onFault, Location = device.Node.Location };
    }

    /// <summary>Devices without a name are called by their type, and serial ports as everyone calls them.</summary>
    private static string DefaultName(string type, IReadOnlyList<DeviceConfig> others)
    {
        int same = others.Count(other => other.Type == type);
        return type == "uart16550" ? $"com{same + 1}" : same == 0 ? type : $"{type}{same + 1}";
    }
}
