using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>
/// ReportFatalError: R12 bits 31:0 = code, bit 63 = R13 is the shared GPA of a page with the message; without it the message is in
/// R14, R15, RBX, RDI, RSI, R8, R9, RDX.
/// </summary>
/// <remarks>Guests repeat the call for ever; what comes after the first few reports is not worth the strings.</remarks>
public sealed class ReportFatalErrorHandler(IFatalErrorSink sink, IDeviceMemory memory, GpaWidth gpaWidth) : IVmCallHandler
{
    private const int MaxReports = 16;

    private int _reports;

    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.ReportFatalError;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (Volatile.Read(ref _reports) < MaxReports && Interlocked.Increment(ref _reports) <= MaxReports)
        {
            sink.Report(new FatalError(call.Vcpu.Index, (uint)call.R12, Message(in call)));
        }

        return VmCallStatus.Success;
    }

    private string Message(in VmCallRequest call)
    {
        if (!FatalErrorText.IsInPage(in call.Registers))
        {
            return FatalErrorText.FromRegisters(in call.Registers);
        }

        // A private page is out of reach; the code alone has to do then.
        return gpaWidth.IsShared(call.R13) && memory.TryGetSpan(call.R13, (int)GuestMemory.PageSize, out Span<byte> page)
            ? FatalErrorText.Decode(page)
            : "";
    }
}
