using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Makes the options of <c>vmm serve</c> of its configuration file and the command line, which wins.</summary>
internal static class ServeOptionsReader
{
    private const ulong MostSpares = 64;

    /// <summary>Reads them.</summary>
    /// <param name="file">The configuration file; null for the default one, which may be missing.</param>
    /// <param name="given">Values of the command line, by key of the configuration.</param>
    /// <param name="listen">Addresses of the command line.</param>
    /// <param name="defaults">What holds otherwise.</param>
    /// <exception cref="UserErrorException">Something is wrong; all of it is in the message.</exception>
    public static ServeOptions Read(string? file, IReadOnlyDictionary<string, string> given, IReadOnlyList<string> listen, ServeDefaults defaults)
    {
        ConfigNode root = file is not null ? ConfigFile.Read(file)
            : File.Exists(defaults.ConfigFile) ? ConfigFile.Read(defaults.ConfigFile)
            : ConfigNode.EmptyObject(ConfigSource.Option("vmm serve"));
        if (root.Kind == ConfigKind.Object)
        {
            foreach ((string key, string value) in given)
            {
                root = root.With(key, ConfigNode.FromOption(ConfigSource.Option($"--{OptionName(key)}"), value));
            }
        }

        ConfigErrors errors = new();
        ServeOptions options = Read(new ConfigObject(root, errors), listen, defaults);
        errors.ThrowIfAny();
        return options;
    }

    /// <summary>Name of the option for a key: tlsCert is --tls-cert.</summary>
    public static string OptionName(string key) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(key);

    private static ServeOptions Read(ConfigObject serve, IReadOnlyList<string> listen, ServeDefaults defaults)
    {
        string runtime = serve.FilePath("runtime") ?? defaults.RuntimeFolder;
        string state = serve.FilePath("state") ?? defaults.StateFolder;
        uint? group = ReadGroup(serve);
        List<ListenAddress> addresses = [new ListenAddress(Path.Combine(Path.GetFullPath(runtime), "daemon.sock"), Address: null)];
        foreach (ConfigNode node in serve.Items("listen") ?? [])
        {
            Add(addresses, node.Kind == ConfigKind.String ? ListenAddress.TryParse(node.Text) : null, () => serve.Wrong(node, ListenAddress.Forms));
        }

        foreach (string text in listen)
        {
            Add(addresses, ListenAddress.TryParse(text), () => throw new UserErrorException(ExitCode.Usage, $"--listen: expected {ListenAddress.Forms}, found \"{text}\""));
        }

        TlsFiles? tls = ReadTls(serve);
        if (addresses.Find(address => address.Address is not null) is { } tcp && tls is null)
        {
            serve.Report(serve.Node, $"{tcp} needs certificates: --tls-cert, --tls-key and --tls-client-ca; there is no TCP without TLS");
        }

        ListenAddress? metrics = ReadMetrics(serve);
        int spares = (int)(serve.Number("spares", 0, MostSpares) ?? 0);
        serve.Done();
        return new ServeOptions { StateFolder = state, RuntimeFolder = runtime, Addresses = addresses, GroupId = group, Tls = tls, Metrics = metrics, Spares = spares };
    }

    private static void Add(List<ListenAddress> addresses, ListenAddress? address, Action complain)
    {
        if (address is null)
        {
            complain();
        }
        else if (!addresses.Contains(address))
        {
            addresses.Add(address);
        }
    }

    private static uint? ReadGroup(ConfigObject serve)
    {
        if (serve.Take("group") is not { } node)
        {
            return null;
        }

        uint? group = uint.TryParse(node.Text, out uint number) ? number : node.Text.Length > 0 ? UserCalls.FindGroup(node.Text) : null;
        if (group is null)
        {
            serve.Wrong(node, "the name or the number of a group of this host");
        }

        return group;
    }

    private static TlsFiles? ReadTls(ConfigObject serve)
    {
        string? certificate = serve.FilePath("tlsCert");
        string? key = serve.FilePath("tlsKey");
        string? clientAuthority = serve.FilePath("tlsClientCa");
        if (certificate is not null && key is not null && clientAuthority is not null)
        {
            return new TlsFiles(certificate, key, clientAuthority);
        }

        if ((certificate ?? key ?? clientAuthority) is not null)
        {
            serve.Report(serve.Node, "TLS needs all of --tls-cert, --tls-key and --tls-client-ca: clients have to prove who they are");
        }

        return null;
    }

    private static ListenAddress? ReadMetrics(ConfigObject serve)
    {
        if (serve.Take("metrics") is not { } node)
        {
            return null;
        }

        ListenAddress? address = ListenAddress.TryParse(node.Text);
        if (address is null || (address.Address is { } tcp && !System.Net.IPAddress.IsLoopback(tcp.Address)))
        {
            serve.Wrong(node, "unix:///PATH or an address of this host alone, e.g. 127.0.0.1:9464 (metrics go over plain HTTP)");
        }

        return address;
    }
}
