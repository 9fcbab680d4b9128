using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls;

/// <summary>Takes every TDVMCALL of a TD, from either backend, to the handler of its sub-function.</summary>
public sealed class VmCallDispatcher
{
    private readonly Dictionary<ulong, IVmCallHandler> _handlers = []; // by leaf
    private readonly IVendorCallHandler _vendorCalls;
    private readonly VmCallFaults _faults;

    /// <summary>Collects the handlers.</summary>
    /// <param name="handlers">At most one a sub-function; sub-functions without one are SUBFUNC_UNSUPPORTED.</param>
    /// <param name="vendorCalls">Serves calls with R10 ≠ 0.</param>
    /// <param name="faults">Counts what handlers do wrong.</param>
    /// <exception cref="ArgumentException">Two handlers serve the same sub-function.</exception>
    public VmCallDispatcher(IEnumerable<IVmCallHandler> handlers, IVendorCallHandler vendorCalls, VmCallFaults faults)
    {
        foreach (IVmCallHandler handler in handlers)
        {
            if (!_handlers.TryAdd((ulong)handler.Leaf, handler))
            {
                throw new ArgumentException(
                    $"TDVMCALL {handler.Leaf} has two handlers, {_handlers[(ulong)handler.Leaf].GetType().Name} and {handler.GetType().Name}; replace one by the other",
                    nameof(handlers));
            }
        }

        _vendorCalls = vendorCalls;
        _faults = faults;
    }

    /// <summary>Serves one call. Never throws.</summary>
    /// <param name="vcpu">The calling vCPU.</param>
    /// <param name="registers">What it passed; what it gets on return.</param>
    public void Dispatch(IVmCallVcpu vcpu, ref VmCallRegisters registers)
    {
        VmCallRegisters passed = registers;
        try
        {
            registers.R10 = Answer(new VmCallRequest(vcpu, in passed), ref registers);
        }
        catch (Exception exception)
        {
            // A handler's bug must not take the TD's run loop with it; nothing half-done reaches the guest.
            registers = passed;
            registers.R10 = (ulong)VmCallStatus.InvalidOperand;
            _faults.Report(in passed, exception);
        }

        vcpu.VmCalls.Add(new VmCallFunction(passed.R10, passed.R11), registers.R10);
    }

    private ulong Answer(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (call.Registers.R10 != 0)
        {
            return _vendorCalls.Handle(in call, ref result);
        }

        return _handlers.TryGetValue((ulong)call.Registers.Leaf, out IVmCallHandler? handler)
            ? (ulong)handler.Handle(in call, ref result)
            : (ulong)VmCallStatus.SubfuncUnsupported;
    }
}
