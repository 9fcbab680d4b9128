using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>GetTdVmCallInfo: R12 = leaf (0: are the base sub-functions there? 1: which optional ones are?); R11..R14 = the answer.</summary>
public sealed class GetTdVmCallInfoHandler(IQuoteProvider quotes) : IVmCallHandler
{
    private const ulong BaseLeaf = 0;
    private const ulong CapabilitiesLeaf = 1;

    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.GetTdVmCallInfo;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        switch (call.R12)
        {
            case BaseLeaf:
                result.R11 = 0; // all of them
                break;
            case CapabilitiesLeaf:
                result.R11 = (ulong)(VmCallCapabilities.SetupEventNotifyInterrupt
                    | (quotes.IsAvailable ? VmCallCapabilities.GetQuote : VmCallCapabilities.None));
                break;
            default:
                return VmCallStatus.InvalidOperand;
        }

        result.R12 = 0;
        result.R13 = 0;
        result.R14 = 0;
        return VmCallStatus.Success;
    }
}
