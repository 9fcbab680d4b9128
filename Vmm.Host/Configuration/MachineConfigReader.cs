using Vmm.Tdx.Module;

namespace Vmm.Host.Configuration;

/// <summary>Makes a <see cref="MachineConfig"/> of JSON. Written out by hand, so that it costs no reflection at start-up.</summary>
public static class MachineConfigReader
{
    // Below this not even the smallest guest has room beside its boot tables; above it no host has ever been built.
    private const ulong MinMemory = 2UL << 20;
    private const ulong MaxMemory = 64UL << 40;
    private const ulong PageSize = 4096;

    private static readonly string[] TdOnlyKeys = ["ve", "td", "firmware"];

    private const int MinGpaw = 36;
    private const int MaxGpaw = 52;

    /// <summary>Reads a configuration; mistakes are added to <paramref name="errors"/> and read as the defaults.</summary>
    public static MachineConfig Read(ConfigNode root, ConfigErrors errors)
    {
        ConfigObject machine = new(root, errors);
        MachineConfig defaults = new();
        MachineConfig config = new()
        {
            Name = machine.String("name") ?? defaults.Name,
            Guest = machine.Name<GuestKind>("guest") ?? defaults.Guest,
            Backend = machine.Name<BackendKind>("backend") ?? defaults.Backend,
            Firmware = machine.FilePath("firmware"),
            Kernel = machine.FilePath("kernel") ?? defaults.Kernel,
            Initrd = machine.FilePath("initrd"),
            Cmdline = machine.String("cmdline") ?? defaults.Cmdline,
            Boot = machine.Name<BootMethod>("boot") ?? defaults.Boot,
            Memory = ReadMemory(machine, "memory") ?? defaults.Memory,
            Cpus = (int?)machine.Number("cpus", 1, MachineConfig.MaxCpus) ?? defaults.Cpus,
            Ve = machine.Name<VeMode>("ve") ?? defaults.Ve,
            Policy = machine.FilePath("policy"),
            Td = ReadTd(machine.Object("td")),
            Devices = DeviceConfigReader.Read(machine, errors),
            Plugins = machine.FilePaths("plugins") ?? defaults.Plugins,
            OnFault = machine.Name<FaultAction>("onFault") ?? defaults.OnFault,
            OnReboot = machine.Name<RebootAction>("onReboot") ?? defaults.OnReboot,
            OnPanic = machine.Name<FatalAction>("onPanic") ?? defaults.OnPanic,
            OnCrash = machine.Name<FatalAction>("onCrash") ?? defaults.OnCrash,
        };
        machine.Done();
        CheckTogether(root, config, errors);
        return config;
    }

    private static MemorySize? ReadMemory(ConfigObject machine, string key)
    {
        if (machine.Take(key) is not { } node)
        {
            return null;
        }

        bool parsed = MemorySize.TryParse(node.Text, out MemorySize size) && node.Kind is ConfigKind.Number or ConfigKind.String;
        if (parsed && size.Bytes is >= MinMemory and <= MaxMemory && size.Bytes % PageSize == 0)
        {
            return size;
        }

        machine.Wrong(node, $"a size from {new MemorySize(MinMemory)} up, as a number of MiB or such as \"512M\" or \"1G\"");
        return null;
    }

    private static TdConfig ReadTd(ConfigObject td)
    {
        TdConfig config = new()
        {
            Attributes = td.Number("attributes"),
            Xfam = td.Number("xfam"),
            MrConfigId = td.Bytes("mrConfigId", TdConfig.IdentityLength),
            MrOwner = td.Bytes("mrOwner", TdConfig.IdentityLength),
            MrOwnerConfig = td.Bytes("mrOwnerConfig", TdConfig.IdentityLength),
            Gpaw = ReadGpaw(td, "gpaw"),
            Quote = QuoteConfigReader.Read(td.Object("quote")),
        };
        td.Done();
        return config;
    }

    private static int? ReadGpaw(ConfigObject td, string key)
    {
        if (td.Node.Members.FirstOrDefault(member => member.Name == key) is { Value: { Kind: ConfigKind.String, Text: "auto" } })
        {
            _ = td.Take(key);
            return null;
        }

        return (int?)td.Number(key, MinGpaw, MaxGpaw);
    }

    /// <summary>What is right key by key and yet wrong together.</summary>
    private static void CheckTogether(ConfigNode root, MachineConfig config, ConfigErrors errors)
    {
        bool Has(string key) => root.Members.Any(member => member.Name == key);
        ConfigLocation Of(string key) => root.Members.FirstOrDefault(member => member.Name == key)?.Value.Location ?? root.Location;

        // Only where nothing else is wrong: the key may be there, mistyped.
        if (!Has("kernel") && !Has("firmware") && errors.All.Count == 0)
        {
            errors.Add(root.Location, "no kernel is given; set \"kernel\" in the configuration or use --kernel FILE");
        }

        if (Has("firmware") && config.Backend == BackendKind.Emulated)
        {
            errors.Add(Of("firmware"), "firmware starts in 32-bit mode at the top of 4 GiB, which the backend \"emulated\" does not do; remove \"firmware\", and the kernel is booted without, or use the backend \"tdx\"");
        }

        if (config.Guest == GuestKind.Ordinary)
        {
            foreach (string key in TdOnlyKeys.Where(Has))
            {
                errors.Add(Of(key), $"\"{key}\" is for TDs and the guest is \"ordinary\"; remove one of the two");
            }

            if (config.Backend == BackendKind.Tdx)
            {
                errors.Add(Of("backend"), "the backend \"tdx\" is for TDs and the guest is \"ordinary\"; remove one of the two");
            }
        }
    }
}
