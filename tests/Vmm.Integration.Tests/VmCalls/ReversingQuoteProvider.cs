using Vmm.Tdx.VmCalls;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>A quote that nobody takes for one: the input backwards.</summary>
internal sealed class ReversingQuoteProvider : IQuoteProvider
{
    public bool IsAvailable => true;

    public ValueTask<ReadOnlyMemory<byte>> GetQuoteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        byte[] quote = input.ToArray();
        Array.Reverse(quote);
        return ValueTask.FromResult<ReadOnlyMemory<byte>>(quote);
    }
}
