using System.IO.Pipelines;
using Vmm.Host.Consoles;

namespace Vmm.Host.Tests.Consoles;

public sealed class ConsoleInputTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_SeveralWriters_EachComesWhole()
    {
        ConsoleInput input = new();
        PipeReader guest = input.Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => input.WriteAsync(Enumerable.Repeat((byte)writer, 1000).ToArray(), Cancellation).AsTask(), Cancellation)));

        ReadResult read = await guest.ReadAtLeastAsync(8000, Cancellation);

        Assert.All(System.Buffers.BuffersExtensions.ToArray(read.Buffer).Chunk(1000), chunk => Assert.Single(chunk.Distinct()));
    }

    [Fact]
    public async Task Write_AGuestThatDoesNotRead_HoldsBackAndStaysBounded()
    {
        ConsoleInput input = new();
        PipeReader guest = input.Open();
        byte[] much = new byte[1 << 20];
        for (int i = 0; i < 50; i++)
        {
            using CancellationTokenSource impatient = new();
            Task writing = input.WriteAsync(much, impatient.Token).AsTask();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        }

        Assert.False(input.TryWrite("x"u8));
        Assert.True(guest.TryRead(out ReadResult read));
        Assert.InRange(read.Buffer.Length, 1, 128 << 10);
        guest.AdvanceTo(read.Buffer.End);
        await input.WriteAsync("x"u8.ToArray(), Cancellation);
    }

    [Fact]
    public async Task Open_AfterTheReaderEnded_GoesOnWhereItStopped()
    {
        ConsoleInput input = new();
        PipeReader first = input.Open();
        Assert.True(input.TryWrite("ab"u8));
        ReadResult read = await first.ReadAsync(Cancellation);
        first.AdvanceTo(read.Buffer.GetPosition(1));
        await first.CompleteAsync();

        Assert.Equal((byte)'b', (await input.Open().ReadAsync(Cancellation)).Buffer.FirstSpan[0]);
    }
}
