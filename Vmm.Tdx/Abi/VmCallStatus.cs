namespace Vmm.Tdx.Abi;

/// <summary>Completion status of a TDG.VP.VMCALL sub-function: R10 on return.</summary>
public enum VmCallStatus : ulong
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Not finished: the guest calls again, from where R11 says if the sub-function returns it there.</summary>
    Retry = 1,

    /// <summary>An operand is illegal.</summary>
    InvalidOperand = 0x8000_0000_0000_0000,

    /// <summary>The page is in use.</summary>
    GpaInUse = 0x8000_0000_0000_0001,

    /// <summary>An operand is not aligned as it must be.</summary>
    AlignError = 0x8000_0000_0000_0002,

    /// <summary>There is no such sub-function here. Guests older than the code know only <see cref="InvalidOperand"/>.</summary>
    SubfuncUnsupported = 0x8000_0000_0000_0003,
}
