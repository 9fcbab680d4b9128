using Vmm.Devices.Debug;

namespace Vmm.Devices.Tests.Debug;

public sealed class DebugConsoleTests : IAsyncDisposable
{
    private readonly FakeStreams _streams = new();
    private readonly DebugConsole _console;
    private readonly DeviceBench _bus;

    public DebugConsoleTests()
    {
        _console = new DebugConsole("debug", new DebugConsoleOptions(), _streams, TimeProvider.System);
        _bus = new DeviceBench(_console);
    }

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public void Read_Any_TellsPresence() => Assert.Equal(0xE9, _bus.In(0xE9));

    [Fact]
    public async Task Write_Lines_LeaveWhole()
    {
        Print("one\ntw");
        Assert.Equal("one\n", await _streams["debug"].ReadAsync(4));
        Print("o\n");

        Assert.Equal("two\n", await _streams["debug"].ReadAsync(4));
        Assert.Equal(["debug"], _streams.Opened);
    }

    [Fact]
    public async Task Flush_UnfinishedLine_LetsItLeave()
    {
        Print("no newline");
        await _console.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal("no newline", _streams["debug"].ReadAll().Text);
    }

    [Fact]
    public async Task Write_EndlessLine_LeavesInPieces()
    {
        Print(new string('x', 1000));

        Assert.Equal(768, (await _streams["debug"].ReadAsync(768)).Length);
    }

    [Fact]
    public async Task Write_NobodyReads_IsBoundedAndCounted()
    {
        Print(new string('x', 1_000_000));
        await _console.DisposeAsync();

        Assert.Equal(1_000_000 - _console.LostBytes, _streams["debug"].ReadAll().Text.Length);
        Assert.True(_console.LostBytes > 0);
    }

    private void Print(string text)
    {
        foreach (char c in text)
        {
            _bus.Out(0xE9, c);
        }
    }
}
