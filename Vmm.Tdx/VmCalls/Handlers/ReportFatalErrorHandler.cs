using System.Buffers.Binary;
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
    private const ulong PageValid = 1UL << 63;
    private const int MaxReports = 16;
    private const int MessageRegisters = 8;

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
        if ((call.R12 & PageValid) == 0)
        {
            return FromRegisters(in call.Registers);
        }

        // A private page is out of reach; the code alone has to do then.
        return gpaWidth.IsShared(call.R13) && memory.TryGetSpan(call.R13, (int)GuestMemory.PageSize, out Span<byte> page)
            ? FatalErrorText.Decode(page)
            : "";
    }

    private static string FromRegisters(in VmCallRegisters registers)
    {
        ReadOnlySpan<ulong> words =
        [
            registers.R14, registers.R15, registers.Rbx, registers.Rdi, registers.Rsi, registers.R8, registers.R9, registers.Rdx,
        ];
        Span<byte> bytes = stackalloc byte[MessageRegisters * sizeof(ulong)];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * sizeof(ulong))..], words[i]);
        }

        return FatalErrorText.Decode(bytes);
    }
}
