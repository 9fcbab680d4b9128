namespace Vmm.Tdx.VmCalls;

/// <summary>Makes quotes out of TDREPORTs: a quote generation service, or a software one.</summary>
public interface IQuoteProvider
{
    /// <summary>Whether there is a service at all. If not, guests are told so without delay.</summary>
    bool IsAvailable { get; }

    /// <summary>Makes a quote.</summary>
    /// <param name="input">What the guest put into its buffer: usually the 1024 bytes of a TDREPORT. Valid until the task ends.</param>
    /// <param name="cancellation">Ends a request that takes too long, or whose machine ends.</param>
    /// <returns>The quote. Any exception becomes the error status in the guest's buffer.</returns>
    /// <remarks>
    /// Called on a vCPU's thread: whatever takes longer than the signing of a quote happens behind the first await. A task that is
    /// complete on return has its quote in the guest's buffer before the guest runs on.
    /// </remarks>
    ValueTask<ReadOnlyMemory<byte>> GetQuoteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation);
}
