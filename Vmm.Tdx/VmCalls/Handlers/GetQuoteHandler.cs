using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>
/// GetQuote: R12 = shared GPA of the buffer, R13 = its size. A doorbell: success means that the request was taken, how it ends is in the buffer.
/// </summary>
public sealed class GetQuoteHandler(IQuoteProvider provider, QuoteRequests requests, IDeviceMemory memory, GpaWidth gpaWidth) : IVmCallHandler
{
    private const ulong MaxBufferSize = 128 << 10; // QEMU's limit; Linux uses 8 KiB or 128 KiB

    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.GetQuote;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (!gpaWidth.Contains(call.R12) || !gpaWidth.IsShared(call.R12) || call.R13 == 0)
        {
            return VmCallStatus.InvalidOperand;
        }

        if ((call.R12 | call.R13) % GuestMemory.PageSize != 0)
        {
            return VmCallStatus.AlignError;
        }

        if (call.R13 > MaxBufferSize)
        {
            return VmCallStatus.InvalidOperand;
        }

        QuoteBuffer buffer = new(memory, call.R12, (int)call.R13);
        if (!buffer.TryGetInput(out ReadOnlySpan<byte> input))
        {
            return VmCallStatus.InvalidOperand;
        }

        if (!provider.IsAvailable)
        {
            buffer.Publish(QuoteStatus.ServiceUnavailable);
            return VmCallStatus.Success;
        }

        return requests.TryStart(in buffer, input) ? VmCallStatus.Success : VmCallStatus.Retry;
    }
}
