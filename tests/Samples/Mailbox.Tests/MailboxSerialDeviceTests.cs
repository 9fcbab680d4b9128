using System.Text;
using Vmm.Core.Interrupts;
using Vmm.Core.Testing.Fuzzing;

namespace Mailbox.Tests;

public sealed class MailboxSerialDeviceTests : IAsyncDisposable
{
    private const int Data = 0x2F8, LineStatus = Data + 5;

    private readonly DeviceBench _bench = new();
    private readonly MailboxSerialDevice _mailbox;

    public MailboxSerialDeviceTests() => _mailbox = _bench.Attach(new MailboxSerialDevice(
        "mailbox", new MailboxSerialOptions { Entries = [new MailboxEntry { Key = "hostname", Value = "td1" }] }, _bench.Interrupts, TimeProvider.System));

    public ValueTask DisposeAsync() => _mailbox.DisposeAsync();

    [Theory]
    [InlineData("?hostname\n", "=td1")]
    [InlineData("?hostname\r\n", "=td1")]
    [InlineData("?nothing\n", "!")]
    [InlineData("?\n", "!")]
    [InlineData("=td1\n!\n\n?hostname\n", "=td1")]
    public async Task Question_Line_IsAnsweredWithALine(string question, string answer)
    {
        Send(question);

        Assert.Equal(answer, await ReceiveAsync());
    }

    [Fact]
    public async Task Question_OfAbsurdLength_IsNone()
    {
        Send("?" + new string('x', 10_000) + "\n?hostname\n");

        Assert.Equal("=td1", (await ReceiveAsync())[^4..]);
    }

    [Fact]
    public void Device_HostileGuest_DoesNothingWrong()
    {
        FuzzReport report = DeviceFuzzer.Run(
            bench => new MailboxSerialDevice("mailbox", new MailboxSerialOptions(), (IInterruptController)bench.GetService(typeof(IInterruptController))!, bench.Time),
            new FuzzOptions());

        Assert.Empty(report.Findings);
    }

    private void Send(string text)
    {
        foreach (char character in text)
        {
            _bench.Out(Data, character);
        }
    }

    private async Task<string> ReceiveAsync()
    {
        StringBuilder line = new();
        while (true)
        {
            await Eventually.True(() => (_bench.In(LineStatus) & 1) != 0);
            byte character = _bench.In(Data);
            if (character == '\n')
            {
                return line.ToString();
            }

            line.Append((char)character);
        }
    }
}
