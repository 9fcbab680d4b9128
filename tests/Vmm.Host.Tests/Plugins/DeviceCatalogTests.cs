using System.Text;
using Vmm.Core.Buses;
using Vmm.Devices.Serial;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;

namespace Vmm.Host.Tests.Plugins;

public sealed class DeviceCatalogTests
{
    [Fact]
    public void Plan_DefaultDevices_AreAllBuiltIn()
    {
        IReadOnlyList<PlannedDevice> devices = Plan("""{ "kernel": "k" }""");

        Assert.Equal("com1", devices[0].Name);
        Assert.Equal(new Uart16550Options(), devices[0].Options);
        Assert.Equal(devices.Count, devices.Select(device => device.Name).Distinct().Count());
    }

    [Fact]
    public void Plan_Options_AreReadIntoTheDevicesType()
    {
        PlannedDevice device = Assert.Single(Plan(
            """{ "kernel": "k", "devices": [ { "type": "uart16550", "options": { "port": "0x2f8", "irq": 3, "stream": "none" } } ] }"""));

        Assert.Equal(new Uart16550Options { Port = 0x2f8, Irq = 3, Stream = "none" }, device.Options);
    }

    [Theory]
    [InlineData("""{ "type": "uart16650" }""", "$.devices[0]: there is no device of type \"uart16650\"; did you mean \"uart16550\"?")]
    [InlineData("""{ "type": "uart16550", "options": { "prot": 1 } }""", "$.devices[0].options.prot: unknown key; did you mean \"port\"?")]
    [InlineData("""{ "type": "uart16550", "options": { "port": 65536 } }""", "$.devices[0].options.port: expected a whole number from 0 to 65535, found the number 65536")]
    [InlineData("""{ "type": "uart16550", "options": { "stream": 1 } }""", "$.devices[0].options.stream: expected a string, found the number 1")]
    public void Plan_Mistake_IsNamedWithItsPlace(string device, string expected)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => Plan($$"""{ "kernel": "k", "devices": [ {{device}} ] }"""));

        Assert.Equal(ExitCode.BadData, error.Code);
        Assert.Contains(expected, Assert.Single(error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MissingService_SaysWhich()
    {
        PlannedDevice device = Plan("""{ "kernel": "k" }""")[0];

        UserErrorException error = Assert.Throws<UserErrorException>(() => device.Create(new NoServices()));
        Assert.Contains("uart16550", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_BuiltIn_HaveSummaries() => Assert.All(DeviceCatalog.BuiltIn().Models, model =>
    {
        Assert.NotEmpty(model.Summary);
        Assert.True(model.Class.IsSubclassOf(typeof(Device)));
    });

    private static IReadOnlyList<PlannedDevice> Plan(string json)
    {
        ConfigErrors errors = new();
        ConfigSource source = new("td.json", "/", IsCommandLine: false);
        MachineConfig config = MachineConfigReader.Read(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), source, errors)!, errors);
        errors.ThrowIfAny();
        return DeviceCatalog.BuiltIn().Plan(config.Devices);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
