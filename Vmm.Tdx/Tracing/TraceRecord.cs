using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tracing;

/// <summary>One call of a TD, as plain data of a fixed size: it can be kept in arrays, and told of long after.</summary>
public struct TraceRecord
{
    /// <summary>When it began, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Timestamp;

    /// <summary>How long it took, in the same ticks.</summary>
    public long Duration;

    /// <summary>How many records were lost between the one before and this one.</summary>
    public long Lost;

    /// <summary>Index of the vCPU.</summary>
    public int Vcpu;

    /// <summary>What happened.</summary>
    public TraceEvent Event;

    /// <summary>The access that a TDCALL could not complete for.</summary>
    public SeptViolation? Violation;

    /// <summary>Registers before.</summary>
    public KvmRegs Input;

    /// <summary>Registers after; RAX has the status.</summary>
    public KvmRegs Output;

    /// <summary>Leaf and version.</summary>
    public readonly TdCallFunction Function => new(Input.Rax);

    /// <summary>Completion status of the TDCALL.</summary>
    public readonly TdxStatus Status => new(Output.Rax);

    /// <summary>Which registers a TDVMCALL passes.</summary>
    public readonly GprMask Mask => new(Input.Rcx);

    /// <summary>Whether this is a TDVMCALL that reached the VMM.</summary>
    public readonly bool IsVmCall => Event == TraceEvent.TdCall && Function is { Leaf: TdCallLeaf.VpVmCall, Version: 0, IsWellFormed: true } && Mask.IsValid;

    /// <summary>The function of a TDVMCALL.</summary>
    public readonly VmCallFunction VmCall => new(Mask.Filter(Gpr.R10, Input.R10), Mask.Filter(Gpr.R11, Input.R11));

    /// <summary>What a TDVMCALL passed.</summary>
    public readonly VmCallRegisters Passed => VmCallRegisters.From(Mask, in Input);

    /// <summary>What a TDVMCALL was answered.</summary>
    public readonly VmCallRegisters Answered => VmCallRegisters.From(Mask, in Output);

    /// <summary>Whether the call failed: warnings and requests to try again do not count.</summary>
    public readonly bool IsError => Event == TraceEvent.TdCall
        && (Violation is not null || Status.IsError || (IsVmCall && (VmCall.IsVendor ? (long)Answered.R10 < 0 : Answered.Status > VmCallStatus.Retry)));
}
