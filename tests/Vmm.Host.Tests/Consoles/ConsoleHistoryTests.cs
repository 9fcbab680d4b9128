using Vmm.Host.Consoles;

namespace Vmm.Host.Tests.Consoles;

public sealed class ConsoleHistoryTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void Read_WhatIsKept_IsWhatWasWritten()
    {
        ConsoleHistory history = new(capacity: 8);
        history.Write("abcdef"u8);

        Assert.Equal(("cdef", 0), Read(history, 2));
        Assert.Equal(("", 0), Read(history, 6));
    }

    [Fact]
    public void Read_WhatIsNotKeptAnyMore_TellsHowMuch()
    {
        ConsoleHistory history = new(capacity: 4);
        history.Write("abc"u8);
        history.Write("defg"u8);

        Assert.Equal((3, 7), (history.Start, history.End));
        Assert.Equal(("defg", 3), Read(history, 0));
    }

    [Fact]
    public void Write_MoreThanIsKeptAtOnce_KeepsTheEnd()
    {
        ConsoleHistory history = new(capacity: 4);
        history.Write("ab"u8);
        history.Write("cdefghijk"u8);

        Assert.Equal(("hijk", 7), Read(history, 0));
    }

    [Fact]
    public void Read_AnySizesOfWrites_IsTheEndOfAll()
    {
        Random random = new(1);
        ConsoleHistory history = new(capacity: 97);
        List<byte> all = [];
        for (int i = 0; i < 2000; i++)
        {
            byte[] data = new byte[random.Next(0, 250)];
            random.NextBytes(data);
            history.Write(data);
            all.AddRange(data);
            int from = random.Next(0, all.Count + 1);
            byte[] buffer = new byte[random.Next(0, 120)];
            int count = history.Read(from, buffer, out long missed);
            int start = Math.Max(from, all.Count - 97);
            Assert.Equal(start - from, missed);
            Assert.Equal(all.Skip(start).Take(buffer.Length), buffer.Take(count));
        }
    }

    [Fact]
    public async Task Wait_UntilSomethingIsPrinted_OrNothingWillBe()
    {
        ConsoleHistory history = new(capacity: 4);
        ValueTask<bool> first = history.WaitAsync(0, Cancellation);
        Assert.False(first.IsCompleted);
        history.Write("a"u8);
        Assert.True(await first);
        ValueTask<bool> second = history.WaitAsync(1, Cancellation);
        history.Complete();
        Assert.False(await second);
        Assert.True(await history.WaitAsync(0, Cancellation));
    }

    private static (string Text, long Missed) Read(ConsoleHistory history, long position)
    {
        byte[] buffer = new byte[100];
        int count = history.Read(position, buffer, out long missed);
        return (System.Text.Encoding.ASCII.GetString(buffer, 0, count), missed);
    }
}
