using System.CommandLine;
using Vmm.Host.Control.Daemon;
using Vmm.Host.Control.Daemon.Listening;
using Vmm.Host.Control.Daemon.Supervision;

namespace Vmm.Host.Cli;

/// <summary><c>vmm serve</c>: the daemon.</summary>
internal static class ServeCommand
{
    public static Command Create(TextWriter errors)
    {
        Option<string> config = new("--config") { HelpName = "FILE", Description = "Configuration (JSON with comments); options override it" };
        Option<string[]> listen = new("--listen")
        {
            HelpName = "ADDRESS",
            Description = "Listen there too: unix:///PATH, or tcp://ADDRESS:PORT with mutual TLS; may be repeated",
            Arity = ArgumentArity.OneOrMore,
        };

        // The names of these options are the keys of the configuration: one reader checks both.
        (string Key, Option<string> Option)[] settings =
        [
            Setting("state", "FOLDER", "Where machines are kept"),
            Setting("runtime", "FOLDER", "Where sockets are; the daemon's own is daemon.sock in it"),
            Setting("group", "GROUP", "Let the members of this group connect to the unix sockets"),
            Setting("tlsCert", "FILE", "Certificate of the daemon (PEM)"),
            Setting("tlsKey", "FILE", "Its private key (PEM)"),
            Setting("tlsClientCa", "FILE", "Authorities of the clients' certificates (PEM)"),
            Setting("metrics", "ADDRESS", "Counters for Prometheus over HTTP: unix:///PATH or 127.0.0.1:PORT"),
            Setting("spares", "N", "Keep so many processes ready, so that machines start at once"),
        ];
        Command command = new ExampleCommand(
            "serve",
            "Serve machines to clients: keep, start and supervise them; they outlive it",
            "vmm serve",
            "vmm serve --group kvm --spares 2",
            "vmm serve --listen tcp://0.0.0.0:7070 --tls-cert server.pem --tls-key server.key --tls-client-ca clients.pem")
        {
            config,
            listen,
        };
        Array.ForEach(settings, setting => command.Add(setting.Option));
        command.SetAction(parsed =>
        {
            Dictionary<string, string> given = settings
                .Select(setting => (setting.Key, Value: parsed.GetValue(setting.Option)))
                .Where(setting => setting.Value is not null)
                .ToDictionary(setting => setting.Key, setting => setting.Value!, StringComparer.Ordinal);
            ServeOptions options = ServeOptionsReader.Read(parsed.GetValue(config), given, parsed.GetValue(listen) ?? [], ServeDefaults.Current);
            return DaemonProcess.RunAsync(options, VmmProgram.Current, errors).GetAwaiter().GetResult();
        });
        return command;
    }

    private static (string Key, Option<string> Option) Setting(string key, string valueName, string description) =>
        (key, new Option<string>($"--{ServeOptionsReader.OptionName(key)}") { HelpName = valueName, Description = description });
}
