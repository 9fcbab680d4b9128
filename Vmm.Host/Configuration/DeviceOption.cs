namespace Vmm.Host.Configuration;

/// <summary>The option <c>--device TYPE[,name=NAME][,OPTION=VALUE…]</c> as the JSON object that it stands for.</summary>
internal static class DeviceOption
{
    public static ConfigNode Parse(string text)
    {
        ConfigSource source = ConfigSource.Option($"--device {text}");
        string[] parts = text.Split(',');
        ConfigNode device = ConfigNode.EmptyObject(source).With("type", ConfigNode.FromOption(source, parts[0]));
        ConfigNode options = ConfigNode.EmptyObject(source);
        foreach (string part in parts.Skip(1))
        {
            string[] pair = part.Split('=', 2);

            // A bare word switches something on, as in other VMMs.
            ConfigNode value = ConfigNode.FromOption(source, pair.Length == 2 ? pair[1] : "true");
            (device, options) = pair[0] == "name" ? (device.With("name", value), options) : (device, options.With(pair[0], value));
        }

        return device.With("options", options);
    }
}
