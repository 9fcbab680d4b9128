using System.Reflection;
using System.Text.Json;
using Vmm.Devices.Virtio.Console;
using Vmm.Host.Configuration;
using Vmm.Host.Plugins;
using Vmm.Host.Terminal;

namespace Vmm.Host.Tests.Configuration;

/// <summary>The published schema, the record types and the reader say the same.</summary>
public sealed class SchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(Repository.File("configs/vmm.schema.json"))).RootElement;
    private static readonly JsonElement Properties = Schema.GetProperty("properties");

    [Fact]
    public void Schema_Machine_HasTheKeysOfTheRecord() => AssertSameKeys(typeof(MachineConfig), Properties, "$schema");

    [Fact]
    public void Schema_Td_HasTheKeysOfTheRecord() => AssertSameKeys(typeof(TdConfig), Properties.GetProperty("td").GetProperty("properties"));

    [Fact]
    public void Schema_Quote_HasTheKeysAndDefaultsOfTheRecord()
    {
        JsonElement quote = Properties.GetProperty("td").GetProperty("properties").GetProperty("quote").GetProperty("properties");
        QuoteConfig defaults = new();

        AssertSameKeys(typeof(QuoteConfig), quote);
        Assert.Equal(Enum.GetNames<QuoteProviderKind>().Select(name => name.ToLowerInvariant()), quote.GetProperty("provider").GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(defaults.Provider.ToString().ToLowerInvariant(), quote.GetProperty("provider").GetProperty("default").GetString());
        Assert.Equal(defaults.Version, quote.GetProperty("version").GetProperty("default").GetInt32());
        Assert.Equal(defaults.TimeoutSeconds, quote.GetProperty("timeoutSeconds").GetProperty("default").GetInt32());
    }

    [Fact]
    public void Schema_Device_HasTheKeysOfTheRecord() =>
        AssertSameKeys(typeof(DeviceConfig), Properties.GetProperty("devices").GetProperty("items").GetProperty("properties"));

    [Fact]
    public void Schema_Enumerations_HaveTheNamesOfTheTypes()
    {
        foreach (PropertyInfo property in typeof(MachineConfig).GetProperties().Where(property => property.PropertyType.IsEnum))
        {
            IEnumerable<string> names = Properties.GetProperty(CamelCase(property.Name)).GetProperty("enum").EnumerateArray().Select(name => name.GetString()!);
            Assert.Equal(Enum.GetNames(property.PropertyType).Select(name => name.ToLowerInvariant()), names);
        }
    }

    [Fact]
    public void Schema_Defaults_AreThoseOfTheRecord()
    {
        MachineConfig defaults = new();
        foreach (PropertyInfo property in typeof(MachineConfig).GetProperties())
        {
            JsonElement schema = Properties.GetProperty(CamelCase(property.Name));
            if (schema.TryGetProperty("default", out JsonElement value))
            {
                object expected = property.GetValue(defaults)!;
                Assert.Equal(
                    property.PropertyType.IsEnum ? expected.ToString()!.ToLowerInvariant() : expected.ToString(),
                    property.PropertyType == typeof(MemorySize) && MemorySize.TryParse(value.GetString()!, out MemorySize size) ? size.ToString() : value.ToString());
            }
        }
    }

    [Fact]
    public void Reader_EveryKeyOfTheSchema_IsKnown()
    {
        // A value of the wrong type for every key: the reader complains of the type of each, and calls none unknown.
        string text = $"{{ {string.Join(", ", Properties.EnumerateObject().Where(key => key.Name != "$schema").Select(key => $"\"{key.Name}\": null"))} }}";
        ConfigErrors errors = new();
        MachineConfigReader.Read(ConfigFile.Parse(System.Text.Encoding.UTF8.GetBytes(text), ConfigSource.File("td.json"), errors)!, errors);

        Assert.Equal(
            Properties.EnumerateObject().Select(key => $"$.{key.Name}").Where(path => path != "$.$schema").Order(),
            errors.All.Select(error => error.Location.Path).Order());
        Assert.DoesNotContain(errors.All, error => error.Message.Contains("unknown key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("configs/hello-td.json")]
    [InlineData("configs/port-monitor.json")]
    [InlineData("configs/linux-td.json")]
    public void Configurations_InTheRepository_AreValid(string path)
    {
        ConfigErrors errors = new();
        MachineConfig machine = MachineConfigReader.Read(ConfigFile.Read(Repository.File(path)), errors);
        errors.ThrowIfAny();

        IReadOnlyList<PlannedDevice> devices = DeviceCatalog.BuiltIn().Plan(machine.Devices);
        StreamNames streams = new();
        foreach (string stream in devices.SelectMany(device => StreamsOf(device.Options)))
        {
            streams.Claim(stream);
        }
    }

    [Fact]
    public void Configurations_InTheRepository_KeepToTheSchema()
    {
        JsonDocumentOptions lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        using JsonDocument linux = JsonDocument.Parse(File.ReadAllText(Repository.File("configs/linux-td.json")), lenient);
        JsonElement device = Properties.GetProperty("devices").GetProperty("items").GetProperty("properties");

        Assert.All(linux.RootElement.EnumerateObject(), key => Assert.True(Properties.TryGetProperty(key.Name, out _), key.Name));
        Assert.All(
            linux.RootElement.GetProperty("devices").EnumerateArray().SelectMany(each => each.EnumerateObject()),
            key => Assert.True(device.TryGetProperty(key.Name, out _), key.Name));
        Assert.Equal(
            ["virtio-block", "virtio-net", "virtio-console", "virtio-vsock", "virtio-rng"],
            linux.RootElement.GetProperty("devices").EnumerateArray().Select(each => each.GetProperty("type").GetString()!).Where(type => type.StartsWith("virtio", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> StreamsOf(object? options) => options switch
    {
        VirtioConsoleOptions console => [console.Stream, .. console.Ports.Select(port => port.Stream)],
        null => [],
        _ => options.GetType().GetProperty("Stream")?.GetValue(options) is string stream ? [stream] : [],
    };

    private static void AssertSameKeys(Type record, JsonElement properties, params string[] besides) => Assert.Equal(
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => CamelCase(property.Name)).Concat(besides).Order(),
        properties.EnumerateObject().Select(property => property.Name).Order());

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
