using System.Text.Json;
using Vmm.Host.Control.Events;
using Vmm.Host.Running;
using Vmm.Host.Running.Records;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Running;

public sealed class EventFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_AnEvent_IsALineInTheWordsOfTheApi()
    {
        using EventFile file = new(_folder.Path);
        DateTimeOffset at = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));
        file.Append(new Numbered<RunEvent>(7, new RunEvent(at, RunEventKind.DeviceAttached, RunState.Running, "a \"name\"\n", ExitCode: 3)));

        using JsonDocument line = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Path.Combine(_folder.Path, EventFile.FileName))));
        JsonElement one = line.RootElement;
        Assert.Equal(7UL, one.GetProperty("sequence").GetUInt64());
        Assert.Equal("2026-01-02T02:04:05Z", one.GetProperty("at").GetString());
        Assert.Equal("KIND_DEVICE_ATTACHED", one.GetProperty("kind").GetString());
        Assert.Equal("STATE_RUNNING", one.GetProperty("state").GetString());
        Assert.Equal("a \"name\"\n", one.GetProperty("detail").GetString());
        Assert.Equal(3, one.GetProperty("exitCode").GetInt32());
    }

    [Theory]
    [InlineData(RunState.Created, "STATE_STARTING")]
    [InlineData(RunState.Resetting, "STATE_STARTING")]
    [InlineData(RunState.Paused, "STATE_PAUSED")]
    [InlineData(RunState.Ended, "STATE_ENDED")]
    public void States_HaveTheNamesOfTheApi(RunState state, string name) => Assert.Equal(name, ApiNames.Of(state));

    [Fact]
    public void Append_BeyondTheBound_KeepsTheFileBefore()
    {
        using EventFile file = new(_folder.Path, bound: 1000);
        for (ulong i = 1; i <= 100; i++)
        {
            file.Append(new Numbered<RunEvent>(i, new RunEvent(DateTimeOffset.UnixEpoch, RunEventKind.Reset, RunState.Resetting, "")));
        }

        ulong[] kept = [.. new[] { EventFile.OldFileName, EventFile.FileName }
            .SelectMany(name => File.ReadAllLines(Path.Combine(_folder.Path, name)))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetUInt64())];
        Assert.Equal(100UL, kept[^1]);
        Assert.Equal(Enumerable.Range(1, kept.Length).Select(i => 100UL - (ulong)kept.Length + (ulong)i), kept);
        Assert.InRange(kept.Length, 8, 30);
    }
}
