using System.Text.Json;
using Vmm.Host.Control.Daemon.Listening;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Options of vmm serve, from its file and the command line.</summary>
public sealed class ServeOptionsTests : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_OfRoot_AreThoseOfTheSystem()
    {
        ServeDefaults defaults = new(_ => null, isRoot: true);

        Assert.Equal(("/var/lib/vmm", "/run/vmm", "/etc/vmm/serve.json"), (defaults.StateFolder, defaults.RuntimeFolder, defaults.ConfigFile));
    }

    [Fact]
    public void Defaults_OfAUser_AreThoseOfXdg()
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["HOME"] = "/home/a", ["XDG_RUNTIME_DIR"] = "/run/user/1" };
        ServeDefaults defaults = new(environment.GetValueOrDefault, isRoot: false);

        Assert.Equal(
            ("/home/a/.local/state/vmm", "/run/user/1/vmm", "/home/a/.config/vmm/serve.json"), (defaults.StateFolder, defaults.RuntimeFolder, defaults.ConfigFile));
        environment["VMM_STATE"] = "/elsewhere";
        Assert.Equal("/elsewhere", defaults.StateFolder);
    }

    [Fact]
    public void File_Everything_IsReadAndTheCommandLineWins()
    {
        string file = _folder.Write("serve.json", """
            {
              "listen": ["tcp://127.0.0.1:7070", "unix:///other.sock"], // and the usual one
              "state": "state", "runtime": "/run/x", "group": 42, "spares": 2, "metrics": "127.0.0.1:9464",
              "tlsCert": "c.pem", "tlsKey": "k.pem", "tlsClientCa": "/a.pem",
            }
            """);

        ServeOptions options = ServeOptionsReader.Read(file, new Dictionary<string, string>(StringComparer.Ordinal) { ["spares"] = "3" }, ["unix:///third.sock"], Defaults());

        Assert.Equal(["unix:///run/x/daemon.sock", "tcp://127.0.0.1:7070", "unix:///other.sock", "unix:///third.sock"], options.Addresses.Select(address => address.ToString()));
        Assert.Equal((Path.Combine(_folder.Path, "state"), "/run/x", 42U, 3), (options.StateFolder, options.RuntimeFolder, options.GroupId, options.Spares));
        Assert.Equal(new TlsFiles(Path.Combine(_folder.Path, "c.pem"), Path.Combine(_folder.Path, "k.pem"), "/a.pem"), options.Tls);
        Assert.Equal("tcp://127.0.0.1:9464", options.Metrics!.ToString());
    }

    [Theory]
    [InlineData("""{ "listen": ["tcp://0.0.0.0:7070"] }""", "there is no TCP without TLS")]
    [InlineData("""{ "tlsCert": "x" }""", "TLS needs all of")]
    [InlineData("""{ "listen": ["http://x"] }""", "expected unix:///PATH")]
    [InlineData("""{ "metrics": "0.0.0.0:9464" }""", "an address of this host alone")]
    [InlineData("""{ "spares": 1000 }""", "from 0 to 64")]
    [InlineData("""{ "group": "no-such-group-here" }""", "a group of this host")]
    [InlineData("""{ "stat": "x" }""", "did you mean \"state\"")]
    public void File_Mistake_IsOneLine(string text, string expected)
    {
        string file = _folder.Write("serve.json", text);

        UserErrorException refusal = Assert.Throws<UserErrorException>(() => ServeOptionsReader.Read(file, Nothing, [], Defaults()));

        Assert.Equal(ExitCode.BadData, refusal.Code);
        Assert.Contains(expected, Assert.Single(refusal.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://1.2.3.4:5")]
    [InlineData("tcp://[::1]:7070")]
    [InlineData("unix:///a/b")]
    public void Address_Good_ReadsBackAsItself(string text) => Assert.Equal(text, ListenAddress.TryParse(text)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("unix://a")]
    [InlineData("tcp://1.2.3.4")]
    [InlineData("tcp://1.2.3.4:")]
    [InlineData("tcp://1.2.3.4:99999")]
    [InlineData("tcp://::1")]
    [InlineData("tcp://host:1")]
    public void Address_Bad_IsNone(string text) => Assert.Null(ListenAddress.TryParse(text));

    [Fact]
    public void Schema_Keys_AreThoseOfTheReader()
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Repository.File("configs/serve.schema.json"))).RootElement;
        string[] keys = [.. schema.GetProperty("properties").EnumerateObject().Select(key => key.Name).Where(key => key != "$schema")];
        string file = _folder.Write("serve.json", $"{{ {string.Join(", ", keys.Append("unknown").Select(key => $"\"{key}\": null"))} }}");

        UserErrorException refusal = Assert.Throws<UserErrorException>(() => ServeOptionsReader.Read(file, Nothing, [], Defaults()));

        string unknown = Assert.Single(refusal.Lines, line => line.Contains("unknown key", StringComparison.Ordinal));
        Assert.Contains("$.unknown", unknown, StringComparison.Ordinal);
        Assert.Equal(keys.Order(), unknown.Split("one of ")[1].Split(", ").Order());
    }

    private ServeDefaults Defaults() => new(name => name == "HOME" ? _folder.Path : null, isRoot: false);
}
