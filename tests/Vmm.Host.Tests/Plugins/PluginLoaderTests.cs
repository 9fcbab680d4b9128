using System.Runtime.Loader;
using Vmm.Core.Buses;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;
using Vmm.Host.Plugins.Loading;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Plugins;

public sealed class PluginLoaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Assembly_GivesItsDevicesInAWorldOfTheirOwn()
    {
        DeviceModel mailbox = DeviceCatalog.With([SamplePlugin.Path]).Models.First(model => model.Plugin is not null);

        Assert.Equal("mailbox", mailbox.Type);
        Assert.Equal("plugin Mailbox 1.0.0", mailbox.Plugin!.ToString());
        Assert.True(mailbox.Class.IsSubclassOf(typeof(Device)));
        Assert.True(AssemblyLoadContext.GetLoadContext(mailbox.Class.Assembly)!.IsCollectible);
    }

    [Fact]
    public void Load_Folder_TakesEveryAssemblyWithDevices()
    {
        File.Copy(SamplePlugin.Path, Path.Combine(_folder.Path, "Mailbox.dll"));
        foreach (string other in new[] { "Vmm.Core.dll", "Vmm.Devices.dll", "System.CommandLine.dll" })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, other), Path.Combine(_folder.Path, other));
        }

        _folder.Write("notes.dll", "no assembly at all");

        Assert.Equal(["Mailbox"], PluginLoader.Load([_folder.Path]).Select(plugin => plugin.Manifest.Name));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 9)]
    [InlineData(1, 9)]
    public void Load_OtherContract_IsRefusedBeforeAnyOfItRuns(ushort major, ushort minor)
    {
        string path = Path.Combine(_folder.Path, "Mailbox.dll");
        SamplePlugin.WriteForContract(path, major, minor);

        UserErrorException error = Assert.Throws<UserErrorException>(() => PluginLoader.Load([path]));

        Assert.Equal(ExitCode.BadData, error.Code);
        Assert.StartsWith($"plugin Mailbox 1.0.0 ({path}): its devices (mailbox, mailbox-serial) were built for version {major}.{minor} of the device contract", Assert.Single(error.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.Location == path);
    }

    [Fact]
    public void Load_NothingThere_SaysWhat()
    {
        string text = _folder.Write("text.dll", "no assembly");

        AssertRefused(ExitCode.NoInput, "/nowhere/x.dll: there is no such plugin", "/nowhere/x.dll");
        AssertRefused(ExitCode.BadData, $"{text}: no plugin", text);
        AssertRefused(ExitCode.BadData, "Vmm.Tdx.dll: no plugin", Path.Combine(AppContext.BaseDirectory, "Vmm.Tdx.dll"));
        AssertRefused(ExitCode.BadData, $"{_folder.Path}: no plugin in this folder; build it first", _folder.Path);
    }

    [Fact]
    public void Load_TheSameTwice_NamesBoth()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => DeviceCatalog.With([SamplePlugin.Path, SamplePlugin.Path]));

        Assert.Contains("device type \"mailbox\" (Mailbox.MailboxDevice): there is a device type of this name already", Assert.Single(error.Lines), StringComparison.Ordinal);
    }

    private static void AssertRefused(ExitCode code, string expected, string path)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => PluginLoader.Load([path]));
        Assert.Equal(code, error.Code);
        Assert.Contains(expected, Assert.Single(error.Lines), StringComparison.Ordinal);
    }
}
