namespace Vmm.Tdx.VmCalls;

/// <summary>Serves the vendor-specific calls: those with R10 ≠ 0. The rules of <see cref="IVmCallHandler"/> hold.</summary>
public interface IVendorCallHandler
{
    /// <summary>Answers a call.</summary>
    /// <param name="call">Who calls, and with what; R10 is the vendor's call number.</param>
    /// <param name="result">What the guest gets: prefilled with what it passed.</param>
    /// <returns>The result for R10.</returns>
    ulong Handle(in VmCallRequest call, ref VmCallRegisters result);
}
