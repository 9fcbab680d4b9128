using System.Text;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Testing;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Events;
using Vmm.Host.Tests.Cli;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>What is on disk, also after crashes and damage.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTime _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));

    private string File => Path.Combine(_folder.Path, "log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DurableFile_Replaced_HasTheNewContentAndLeavesNothing()
    {
        DurableFile.Write(File, "one"u8);
        DurableFile.Write(File, "two"u8);

        Assert.Equal("two", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void DurableFile_CannotBeWritten_KeepsTheOldContent()
    {
        DurableFile.Write(File, "one"u8);
        Directory.CreateDirectory($"{File}.new");

        Assert.ThrowsAny<Exception>(() => DurableFile.Write(File, "two"u8));
        Assert.Equal("one", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void LineLog_ReachesItsSize_KeepsTheLastTwoFiles()
    {
        using (LineLog log = Open(out _))
        {
            for (int i = 0; i < 100; i++)
            {
                log.Append($"line {i}");
            }
        }

        using LineLog again = Open(out List<string> lines);
        Assert.Equal("line 99", lines[^1]);
        Assert.Equal(Enumerable.Range(100 - lines.Count, lines.Count).Select(i => $"line {i}"), lines);
        Assert.InRange(lines.Count, 5, 40);
    }

    [Fact]
    public void LineLog_CutAnywhere_HasTheWholeLinesAndGoesOn()
    {
        using (LineLog log = Open(out _))
        {
            log.Append("first");
            log.Append("second");
        }

        byte[] whole = System.IO.File.ReadAllBytes(File);
        int firstEnd = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = 0; length <= whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using (LineLog log = Open(out List<string> cut, mayBeDamaged: false))
            {
                Assert.Equal(length == whole.Length ? 2 : length >= firstEnd ? 1 : 0, cut.Count);
                log.Append("next");
            }

            using LineLog again = Open(out List<string> lines, mayBeDamaged: false);
            Assert.Equal("next", lines[^1]);
        }
    }

    [Fact]
    public void LineLog_AnyByteDamaged_OtherLinesAreRead()
    {
        using (LineLog log = Open(out _))
        {
            log.Append("first");
            log.Append("second");
            log.Append("third");
        }

        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x55;
            System.IO.File.WriteAllBytes(File, damaged);
            using LineLog log = Open(out List<string> lines);
            Assert.InRange(lines.Count, 1, 2);
            Assert.All(lines, line => Assert.Contains(line, new[] { "first", "second", "third" }));
        }
    }

    [Fact]
    public async Task Journal_NextDaemon_GoesOnWithTheNumbersAndKnowsWhatItSaw()
    {
        await using (EventJournal journal = OpenJournal())
        {
            journal.Append(new Event { Machine = "a", Kind = Kind.Created });
            journal.Append(new Event { Machine = "a", Kind = Kind.Running }, run: 1, source: 7);
        }

        await using EventJournal next = OpenJournal();
        next.Append(new Event { Machine = "a", Kind = Kind.Ended });

        Assert.Equal(7UL, next.SeenOf("a", 1));
        Assert.Equal(0UL, next.SeenOf("a", 2));
        Assert.Equal([(1UL, Kind.Created), (2UL, Kind.Running), (3UL, Kind.Ended)], await TakeAsync(next, after: 0, count: 3));
    }

    [Fact]
    public async Task Journal_DamagedLine_NumbersGoOnAndWhatIsBeforeCannotBeAskedFor()
    {
        await using (EventJournal journal = OpenJournal())
        {
            for (int i = 0; i < 5; i++)
            {
                journal.Append(new Event { Machine = "a", Kind = Kind.Running });
            }
        }

        string[] lines = await System.IO.File.ReadAllLinesAsync(File);
        lines[2] = "garbage";
        await System.IO.File.WriteAllLinesAsync(File, lines);

        await using EventJournal next = OpenJournal();
        Assert.Equal([4UL, 5], (await TakeAsync(next, after: 3, count: 2)).Select(one => one.Sequence));
        ControlException refusal = await Assert.ThrowsAsync<ControlException>(() => TakeAsync(next, after: 2, count: 1));
        Assert.Equal(ControlReason.EventsForgotten, refusal.Reason);
    }

    [Fact]
    public async Task Ledger_AnsweredCalls_AreAnsweredTheSameAndForgottenInTime()
    {
        int served = 0;
        Task<Machine> Serve(RequestLedger ledger) => ledger.OnceAsync("id", new StartRequest { Name = "a" }, Machine.Parser, () => Task.FromResult(new Machine { Name = "a", Runs = ++served }));
        using (RequestLedger first = OpenLedger())
        {
            await Serve(first);
            Assert.Equal(1, (await Serve(first)).Runs);
        }

        using RequestLedger next = OpenLedger();
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, (await Serve(next)).Runs);
        _clock.Advance(RequestLedger.Age);
        await next.OnceAsync("other", new StartRequest(), Machine.Parser, () => Task.FromResult(new Machine()));
        Assert.Equal(2, (await Serve(next)).Runs);
    }

    [Fact]
    public async Task Ledger_Refusals_AreKeptUnlessTheyMayPass()
    {
        using RequestLedger ledger = OpenLedger();
        int calls = 0;
        Task<Machine> Refuse(string id, ControlReason reason) =>
            Assert.ThrowsAsync<ControlException>(() => ledger.OnceAsync<Machine>(id, new StartRequest(), Machine.Parser, () => throw new ControlException(reason, $"{++calls}")))
                .ContinueWith(failure => new Machine { Problem = failure.Result.Message }, TaskScheduler.Default);

        Assert.Equal("1", (await Refuse("final", ControlReason.RunFailed)).Problem);
        Assert.Equal("1", (await Refuse("final", ControlReason.RunFailed)).Problem);
        Assert.Equal("2", (await Refuse("passing", ControlReason.NoRoom)).Problem);
        Assert.Equal("3", (await Refuse("passing", ControlReason.NoRoom)).Problem);
    }

    [Fact]
    public async Task Ledger_LongId_IsRefused()
    {
        using RequestLedger ledger = OpenLedger();

        ControlException refusal = await Assert.ThrowsAsync<ControlException>(() =>
            ledger.OnceAsync(new string('x', RequestLedger.LongestId + 1), new StartRequest(), Machine.Parser, () => Task.FromResult(new Machine())));

        Assert.Equal(ControlReason.BadArgument, refusal.Reason);
    }

    private static async Task<List<(ulong Sequence, Kind Kind)>> TakeAsync(EventJournal journal, ulong after, int count)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        List<(ulong, Kind)> events = [];
        await foreach (Numbered<Event> one in journal.WatchAsync(after, patience.Token))
        {
            events.Add((one.Event.Sequence, one.Event.Kind));
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }

    private LineLog Open(out List<string> lines, bool mayBeDamaged = true)
    {
        List<string> read = [];
        LineLog log = LineLog.Open(File, size: 256, read.Add, (_, _) => Assert.True(mayBeDamaged));
        lines = read;
        return log;
    }

    private EventJournal OpenJournal() => EventJournal.Open(File, _clock, NullLogger.Instance);

    private RequestLedger OpenLedger() => RequestLedger.Open(File, _clock, NullLogger.Instance);
}
