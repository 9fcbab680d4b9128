using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

/// <summary>Answers when the test says so.</summary>
internal sealed class FakeQuotes : IQuoteProvider
{
    public bool IsAvailable => true;

    public List<TaskCompletionSource<ReadOnlyMemory<byte>>> Pending { get; } = [];

    public byte[] Input { get; private set; } = [];

    public ValueTask<ReadOnlyMemory<byte>> GetQuoteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        Input = input.ToArray();
        TaskCompletionSource<ReadOnlyMemory<byte>> pending = new();
        Pending.Add(pending);
        return new(pending.Task);
    }
}
