using Vmm.Host.Consoles;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Serving;

namespace Vmm.Host.Tests.Control;

/// <summary>Readers of a console that do not keep up.</summary>
public sealed class SlowConsoleTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_AReaderThatStops_MissesTheMiddleAndIsToldHowMuch()
    {
        const int Capacity = 1000;
        const int Printed = 1_000_000;
        ConsoleHistory history = new(Capacity);
        SlowClient client = new();
        Task sending = new ConsoleStream(client.WriteAsync).SendAsync(history, position: 0, Cancellation);
        history.Write("first"u8);
        await client.Began; // and takes no more for now
        byte[] line = new byte[100];
        for (int i = 0; i < Printed; i += line.Length)
        {
            history.Write(line); // never waits
        }

        history.Complete();
        client.Resume();
        await sending;

        Assert.Equal("first", client.Received[0].Data.ToStringUtf8());
        Assert.Equal(Capacity, client.Received.Skip(1).Sum(part => part.Data.Length));
        Assert.Equal(Printed - Capacity, client.Received.Sum(part => (long)part.Missed));
    }

    private sealed class SlowClient
    {
        private readonly TaskCompletionSource _began = new();
        private readonly TaskCompletionSource _resumed = new();

        public List<ConsoleOutput> Received { get; } = [];

        public Task Began => _began.Task;

        public void Resume() => _resumed.SetResult();

        public async Task WriteAsync(ConsoleOutput message, CancellationToken cancellation)
        {
            Received.Add(message);
            _began.TrySetResult();
            await _resumed.Task.WaitAsync(cancellation);
        }
    }
}
