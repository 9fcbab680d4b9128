namespace Vmm.Tdx.Abi;

/// <summary>R10 and R11 at a TDG.VP.VMCALL: which sub-function, or which of the vendor's calls.</summary>
/// <param name="R10">0 for sub-functions of the specification, else the vendor's number.</param>
/// <param name="R11">The sub-function.</param>
public readonly record struct VmCallFunction(ulong R10, ulong R11)
{
    /// <summary>How many slots there are; see <see cref="Slot"/>.</summary>
    public const int Slots = FirstVendorSlot + VendorCalls + 1;

    private const int Instructions = (int)VmCallLeaf.InstructionPconfig + 1;
    private const ulong FirstService = (ulong)VmCallLeaf.GetTdVmCallInfo;
    private const int Services = (int)(VmCallLeaf.MigTd - VmCallLeaf.GetTdVmCallInfo) + 1;
    private const int FirstServiceSlot = Instructions;
    private const int OtherSlot = FirstServiceSlot + Services;
    private const int FirstVendorSlot = OtherSlot + 1;
    private const int VendorCalls = (int)KvmHypercall.MapGpaRange;

    /// <summary>Whether the call is the vendor's.</summary>
    public bool IsVendor => R10 != 0;

    /// <summary>The sub-function.</summary>
    public VmCallLeaf Leaf => (VmCallLeaf)R11;

    /// <summary>The vendor's call: KVM's hypercall.</summary>
    public KvmHypercall Hypercall => (KvmHypercall)R10;

    /// <summary>A small number for tables of counters: one for each function that is known, one for all others, one for the vendor's others.</summary>
    public int Slot => IsVendor
        ? FirstVendorSlot + (R10 <= VendorCalls ? (int)R10 - 1 : VendorCalls)
        : R11 < Instructions ? (int)R11
        : R11 - FirstService < Services ? FirstServiceSlot + (int)(R11 - FirstService)
        : OtherSlot;

    /// <summary>The name of what a slot counts, as in <see cref="ToString"/>.</summary>
    public static string NameOfSlot(int slot) => slot switch
    {
        FirstVendorSlot + VendorCalls => "vendor, others",
        OtherSlot => "others",
        >= FirstVendorSlot => new VmCallFunction((ulong)(slot - FirstVendorSlot + 1), 0).ToString(),
        >= FirstServiceSlot => new VmCallFunction(0, FirstService + (ulong)(slot - FirstServiceSlot)).ToString(),
        _ => new VmCallFunction(0, (ulong)slot).ToString(),
    };

    /// <summary>The specification's name; a number where there is none.</summary>
    public override string ToString() => IsVendor ? VendorName() : Leaf switch
    {
        VmCallLeaf.InstructionCpuid => "Instruction.CPUID",
        VmCallLeaf.InstructionHlt => "Instruction.HLT",
        VmCallLeaf.InstructionRdpmc => "Instruction.RDPMC",
        VmCallLeaf.InstructionVmcall => "Instruction.VMCALL",
        VmCallLeaf.InstructionIo => "Instruction.IO",
        VmCallLeaf.InstructionRdmsr => "Instruction.RDMSR",
        VmCallLeaf.InstructionWrmsr => "Instruction.WRMSR",
        VmCallLeaf.RequestMmio => "#VE.RequestMMIO",
        VmCallLeaf.InstructionWbinvd => "Instruction.WBINVD",
        VmCallLeaf.InstructionPconfig => "Instruction.PCONFIG",
        VmCallLeaf.GetTdVmCallInfo => "GetTdVmCallInfo",
        VmCallLeaf.MapGpa => "MapGPA",
        VmCallLeaf.GetQuote => "GetQuote",
        VmCallLeaf.ReportFatalError => "ReportFatalError",
        VmCallLeaf.SetupEventNotifyInterrupt => "SetupEventNotifyInterrupt",
        VmCallLeaf.Service => "Service",
        VmCallLeaf.MigTd => "MigTD",
        _ => $"0x{R11:x}",
    };

    private string VendorName() => Hypercall switch
    {
        KvmHypercall.VapicPollIrq => "KVM_HC_VAPIC_POLL_IRQ",
        KvmHypercall.KickCpu => "KVM_HC_KICK_CPU",
        KvmHypercall.ClockPairing => "KVM_HC_CLOCK_PAIRING",
        KvmHypercall.SendIpi => "KVM_HC_SEND_IPI",
        KvmHypercall.SchedYield => "KVM_HC_SCHED_YIELD",
        KvmHypercall.MapGpaRange => "KVM_HC_MAP_GPA_RANGE",
        _ => $"vendor 0x{R10:x}",
    };
}
