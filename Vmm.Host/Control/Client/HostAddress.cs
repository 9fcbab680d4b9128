using Vmm.Host.Errors;

namespace Vmm.Host.Control.Client;

/// <summary>Where a daemon, or the process of a single machine, listens.</summary>
/// <param name="Socket">Path of a unix socket; null for TCP.</param>
/// <param name="Authority">Host and port; for a unix socket <c>localhost</c>.</param>
public sealed record HostAddress(string? Socket, string Authority)
{
    /// <summary>Names the host when no option does.</summary>
    public const string Variable = "VMM_HOST";

    /// <summary>Port of a daemon on TCP where none is named.</summary>
    public const int DefaultPort = 7070;

    private const string Unix = "unix:";
    private const string Tcp = "tcp:";
    private const string DaemonSocket = "vmm/daemon.sock";

    /// <summary>Finds the host: the option, else <see cref="Variable"/>, else the daemon of this user, else that of the system.</summary>
    /// <param name="option">Value of <c>--host</c>.</param>
    /// <exception cref="UserErrorException">It is no address.</exception>
    public static HostAddress Find(string? option)
    {
        string? variable = Environment.GetEnvironmentVariable(Variable);
        return option is not null ? Parse(option, "--host")
            : !string.IsNullOrEmpty(variable) ? Parse(variable, Variable)
            : OfSocket(Candidates().FirstOrDefault(File.Exists) ?? Candidates().First());
    }

    /// <inheritdoc/>
    public override string ToString() => Socket is null ? $"tcp://{Authority}" : $"unix://{Socket}";

    internal static HostAddress Parse(string text, string source)
    {
        if (text.StartsWith('/'))
        {
            return OfSocket(text);
        }

        if (text.StartsWith(Unix, StringComparison.Ordinal) && text[Unix.Length..] is { Length: > 0 } path)
        {
            return OfSocket(path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path);
        }

        return text.StartsWith(Tcp, StringComparison.Ordinal)
            && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 && uri.PathAndQuery is "" or "/"
            ? new HostAddress(null, $"{uri.Host}:{(uri.Port > 0 ? uri.Port : DefaultPort)}")
            : throw new UserErrorException(ExitCode.Usage, $"{source}: \"{text}\" is no address; it is unix:///PATH or tcp://HOST[:PORT]");
    }

    private static HostAddress OfSocket(string path) => new(Path.GetFullPath(path), "localhost");

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } folder)
        {
            yield return Path.Combine(folder, DaemonSocket);
        }

        yield return Path.Combine("/run", DaemonSocket);
    }
}
