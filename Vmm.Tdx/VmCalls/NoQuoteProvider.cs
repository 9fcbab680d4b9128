namespace Vmm.Tdx.VmCalls;

/// <summary>A machine without a quoting service.</summary>
public sealed class NoQuoteProvider : IQuoteProvider
{
    /// <inheritdoc/>
    public bool IsAvailable => false;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> GetQuoteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation) =>
        ValueTask.FromException<ReadOnlyMemory<byte>>(new NotSupportedException("this machine has no quoting service"));
}
