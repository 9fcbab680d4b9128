using System.CommandLine;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary>The options that say which daemon a command talks to.</summary>
internal sealed class HostOptions
{
    private readonly Option<string?> _host = Text("--host", "ADDRESS", $"Daemon, or a machine's own socket: unix:///PATH or tcp://HOST[:PORT] ({HostAddress.Variable})");
    private readonly Option<string?> _certificate = Text("--tls-cert", "FILE", "Certificate to show on TCP (VMM_TLS_CERT)");
    private readonly Option<string?> _key = Text("--tls-key", "FILE", "Its key (VMM_TLS_KEY)");
    private readonly Option<string?> _authority = Text("--tls-ca", "FILE", "Certificates that the daemon's must go back to (VMM_TLS_CA)");

    public HostOptions(Command command)
    {
        command.Add(_host);
        command.Add(_certificate);
        command.Add(_key);
        command.Add(_authority);
    }

    public ControlClient Connect(ParseResult parsed) => new(
        HostAddress.Find(parsed.GetValue(_host)),
        new TlsFiles(Value(parsed, _certificate, "VMM_TLS_CERT"), Value(parsed, _key, "VMM_TLS_KEY"), Value(parsed, _authority, "VMM_TLS_CA")));

    private static Option<string?> Text(string name, string valueName, string description) => new(name) { HelpName = valueName, Description = description };

    private static string? Value(ParseResult parsed, Option<string?> option, string variable) =>
        parsed.GetValue(option) ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null);
}
