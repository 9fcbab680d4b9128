using System.Reflection;
using System.Text.Json;
using Vmm.Host.Configuration;

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

    [Fact]
    public void Configurations_InTheRepository_AreValid()
    {
        ConfigErrors errors = new();
        MachineConfigReader.Read(ConfigFile.Read(Repository.File("configs/hello-td.json")), errors);
        errors.ThrowIfAny();
    }

    private static void AssertSameKeys(Type record, JsonElement properties, params string[] besides) => Assert.Equal(
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => CamelCase(property.Name)).Concat(besides).Order(),
        properties.EnumerateObject().Select(property => property.Name).Order());

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
