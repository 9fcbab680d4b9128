using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>SetupEventNotifyInterrupt: R12 = vector, 32 to 255, delivered to the calling vCPU.</summary>
public sealed class SetupEventNotifyInterruptHandler(EventNotifier notifier) : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.SetupEventNotifyInterrupt;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (!EventVector.IsValid(call.R12))
        {
            return VmCallStatus.InvalidOperand;
        }

        notifier.Register(call.Vcpu.ApicId, (byte)call.R12);
        return VmCallStatus.Success;
    }
}
