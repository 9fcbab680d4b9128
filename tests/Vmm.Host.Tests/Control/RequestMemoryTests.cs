using Google.Protobuf.WellKnownTypes;
using Vmm.Core.Testing;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Serving;

namespace Vmm.Host.Tests.Control;

public sealed class RequestMemoryTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly FakeTime _time = new();
    private readonly RequestMemory _memory;
    private int _served;

    public RequestMemoryTests() => _memory = new RequestMemory(_time);

    [Fact]
    public async Task Once_TheSameIdTwice_ServesOnce()
    {
        Assert.Equal(["1", "1", "2"], [await ServeAsync("a"), await ServeAsync("a"), await ServeAsync("b")]);
    }

    [Fact]
    public async Task Once_WithoutAnId_ServesEachTime() => Assert.Equal(["1", "2"], [await ServeAsync(""), await ServeAsync("")]);

    [Fact]
    public async Task Once_AnIdOfAnotherRequest_IsRefused()
    {
        await ServeAsync("a", "one");

        Assert.Equal(ControlReason.RequestIdReused, (await Assert.ThrowsAsync<ControlException>(() => ServeAsync("a", "two"))).Reason);
    }

    [Fact]
    public async Task Once_ARefusal_IsRemembered()
    {
        Task<StringValue> Refuse() => _memory.OnceAsync<StringValue>(
            "a",
            new KillRequest(),
            _ =>
            {
                _served++;
                throw new ControlException(ControlReason.WrongState, "no");
            },
            Cancellation);

        await Assert.ThrowsAsync<ControlException>(Refuse);
        await Assert.ThrowsAsync<ControlException>(Refuse);
        Assert.Equal(1, _served);
    }

    [Fact]
    public async Task Once_ClientGoneMeanwhile_GetsTheAnswerLater()
    {
        TaskCompletionSource<StringValue> work = new();
        using CancellationTokenSource gone = new();
        Task<StringValue> first = _memory.OnceAsync("a", new KillRequest(), _ => work.Task, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Task<StringValue> second = _memory.OnceAsync<StringValue>("a", new KillRequest(), _ => throw new InvalidOperationException(), Cancellation);
        work.SetResult(new StringValue { Value = "done" });

        Assert.Equal("done", (await second).Value);
    }

    [Fact]
    public async Task Once_AfterTenMinutes_ServesAgain()
    {
        await ServeAsync("a");
        _time.Advance(RequestMemory.Kept);
        Assert.Equal("1", await ServeAsync("a"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("2", await ServeAsync("a"));
    }

    [Fact]
    public async Task Once_MoreIdsThanAreKept_ForgetsTheOldest()
    {
        for (int i = 0; i <= RequestMemory.Capacity; i++)
        {
            await ServeAsync($"{i}");
        }

        Assert.Equal($"{RequestMemory.Capacity + 1}", await ServeAsync($"{RequestMemory.Capacity}"));
        Assert.Equal($"{RequestMemory.Capacity + 2}", await ServeAsync("0"));
    }

    private async Task<string> ServeAsync(string id, string machine = "m") => (await _memory.OnceAsync(
        id,
        new KillRequest { Name = machine },
        _ => Task.FromResult(new StringValue { Value = $"{++_served}" }),
        Cancellation)).Value;
}
