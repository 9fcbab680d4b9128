using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Events;

namespace Vmm.Host.Tests.Control;

public sealed class EventLogTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void Append_CountsUpFromOne()
    {
        EventLog<string> log = new(capacity: 4);

        Assert.Equal([1UL, 2UL], [log.Append("a"), log.Append("b")]);
        Assert.Equal([new(1, "a"), new(2, "b")], log.After(0));
    }

    [Fact]
    public void Append_AfterThePast_CountsOn()
    {
        EventLog<string> log = new(capacity: 4, last: 7, past: ["g"]);

        Assert.Equal(8UL, log.Append("h"));
        Assert.Equal([new(7, "g"), new(8, "h")], log.After(6));
    }

    [Fact]
    public void After_WhatIsForgotten_IsRefused()
    {
        EventLog<int> log = new(capacity: 2);
        Append(log, 5);

        Assert.Equal([new(4, 4), new(5, 5)], log.After(3));
        Assert.Equal(ControlReason.EventsForgotten, Assert.Throws<ControlException>(() => log.After(2)).Reason);
    }

    [Fact]
    public void After_ANumberOfTheFuture_IsRefused()
    {
        EventLog<int> log = new(capacity: 2);
        Append(log, 1);

        Assert.Equal(ControlReason.EventsForgotten, Assert.Throws<ControlException>(() => log.After(2)).Reason);
    }

    [Fact]
    public async Task Watch_FromNow_SeesWhatFollows()
    {
        EventLog<int> log = new(capacity: 8);
        Append(log, 2);
        IAsyncEnumerable<Numbered<int>> watch = log.WatchAsync(after: null, Cancellation);
        log.Append(3);
        log.Complete();

        Assert.Equal([new(3, 3)], await watch.ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Watch_ReconnectingAgainAndAgain_MissesNothingAndSeesNothingTwice()
    {
        const int Count = 5000;
        EventLog<int> log = new(capacity: Count);
        Task writer = Task.Run(() => Append(log, Count), Cancellation);
        List<Numbered<int>> seen = [];
        ulong last = 0;
        while (last < Count)
        {
            int left = 1 + ((int)last % 97);
            await foreach (Numbered<int> one in log.WatchAsync(last, Cancellation))
            {
                seen.Add(one);
                last = one.Sequence;
                if (--left == 0 || last == Count)
                {
                    break;
                }
            }
        }

        await writer;
        Assert.Equal(Enumerable.Range(1, Count).Select(i => new Numbered<int>((ulong)i, i)), seen);
    }

    [Fact]
    public async Task Watch_TooSlow_IsToldAndHoldsNobodyUp()
    {
        EventLog<int> log = new(capacity: 4);
        await using IAsyncEnumerator<Numbered<int>> watch = log.WatchAsync(after: 0, Cancellation).GetAsyncEnumerator(Cancellation);
        log.Append(1);
        Assert.True(await watch.MoveNextAsync());
        for (int i = 2; i <= 100; i++)
        {
            log.Append(i);
        }

        ControlException refusal = await Assert.ThrowsAsync<ControlException>(async () => await watch.MoveNextAsync());
        Assert.Equal(ControlReason.EventsForgotten, refusal.Reason);
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        EventLog<int> log = new(capacity: 4);
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<Numbered<int>> watch = log.WatchAsync(after: null, stop.Token).GetAsyncEnumerator(stop.Token);
        ValueTask<bool> next = watch.MoveNextAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private static void Append(EventLog<int> log, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            log.Append(i);
        }
    }
}
