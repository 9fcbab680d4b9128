using System.Text;
using Vmm.Core.Testing.Fuzzing;

namespace Mailbox.Tests;

public sealed class MailboxDeviceTests : IDisposable
{
    private const int Window = 0x540, Command = Window + 64, Page = Window + 65, Length = Window + 66;

    private readonly DeviceBench _bench = new();
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Find_KnownKey_GivesItsValue()
    {
        Attach(new MailboxEntry { Key = "hostname", Value = "td1" }, new MailboxEntry { Key = "host", Value = "other" });

        Assert.Equal("td1", Ask("hostname"));
        Assert.Equal("other", Ask("host"));
        Assert.Equal(3, Ask("hostname")!.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hostnam")]
    [InlineData("a key that fills the window to its very last byte and is unknown")]
    public void Find_UnknownKey_SaysSo(string key)
    {
        MailboxDevice mailbox = Attach(new MailboxEntry { Key = "hostname", Value = "td1" });

        Assert.Null(Ask(key));
        Assert.Equal(("missed", 1), mailbox.Metrics.Select(metric => (metric.Name, metric.Value)).Last());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(MailboxDevice.MaxValueLength - 1)]
    public void Find_LongValue_ComesPageByPage(int length)
    {
        string value = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        Attach(new MailboxEntry { Key = "k", Value = value });

        Assert.Equal(value, Ask("k"));
    }

    [Fact]
    public void File_Changes_GuestSeesItASecondLater()
    {
        File.WriteAllText(_file, "token=one\nnonsense\n");
        _bench.Attach(new MailboxDevice("mailbox", new MailboxOptions { File = new FileInfo(_file) }, _bench.Time));
        Assert.Equal("one", Ask("token"));

        File.WriteAllText(_file, "token=two");
        File.SetLastWriteTimeUtc(_file, new DateTime(2040, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal("one", Ask("token"));
        _bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("two", Ask("token"));
    }

    [Fact]
    public void Reset_Any_ForgetsTheAnswer()
    {
        Attach(new MailboxEntry { Key = "k", Value = "v" });
        Ask("k");

        _bench.Reset();

        Assert.Equal(0, _bench.In(Command));
        Assert.Equal(0, _bench.In(Window));
    }

    [Fact]
    public void Device_HostileGuest_DoesNothingWrong()
    {
        MailboxOptions options = new() { Entries = [new MailboxEntry { Key = "", Value = "found by the empty key" }] };
        FuzzReport report = DeviceFuzzer.Run(bench => new MailboxDevice("mailbox", options, bench.Time), new FuzzOptions());

        Assert.Empty(report.Findings);
        Assert.InRange(report.AllocatedBytes, 0, report.Accesses); // the runtime allocates once; the smallest object an access would be 24 times that
    }

    private MailboxDevice Attach(params MailboxEntry[] entries) => _bench.Attach(new MailboxDevice("mailbox", new MailboxOptions { Entries = entries }, _bench.Time));

    /// <summary>What mailbox.sh does.</summary>
    private string? Ask(string key)
    {
        byte[] window = new byte[MailboxDevice.WindowSize];
        Encoding.UTF8.GetBytes(key).AsSpan().CopyTo(window);
        for (int i = 0; i < window.Length; i++)
        {
            _bench.Out(Window + i, window[i]);
        }

        _bench.Out(Command, 1);
        if (_bench.In(Command) == 0)
        {
            return null;
        }

        byte[] value = new byte[_bench.In(Length) | (_bench.In(Length + 1) << 8)];
        for (int i = 0; i < value.Length; i++)
        {
            _bench.Out(Page, i / window.Length);
            value[i] = _bench.In(Window + (i % window.Length));
        }

        return Encoding.UTF8.GetString(value);
    }
}
