namespace Vmm.Tdx.Abi;

/// <summary>Sub-functions of TDG.VP.VMCALL (R11) when R10 = 0. Instruction leaves are numbered by their VMX exit reason.</summary>
public enum VmCallLeaf : ulong
{
    /// <summary>Instruction.CPUID.</summary>
    InstructionCpuid = 10,

    /// <summary>Instruction.HLT.</summary>
    InstructionHlt = 12,

    /// <summary>Instruction.RDPMC.</summary>
    InstructionRdpmc = 15,

    /// <summary>VMCALL inside the TD.</summary>
    InstructionVmcall = 18,

    /// <summary>Instruction.IO: one scalar port access.</summary>
    InstructionIo = 30,

    /// <summary>Instruction.RDMSR.</summary>
    InstructionRdmsr = 31,

    /// <summary>Instruction.WRMSR.</summary>
    InstructionWrmsr = 32,

    /// <summary>#VE.RequestMMIO.</summary>
    RequestMmio = 48,

    /// <summary>Instruction.WBINVD and WBNOINVD.</summary>
    InstructionWbinvd = 54,

    /// <summary>Instruction.PCONFIG.</summary>
    InstructionPconfig = 65,

    /// <summary>GetTdVmCallInfo: which sub-functions there are.</summary>
    GetTdVmCallInfo = 0x10000,

    /// <summary>MapGPA: converts pages between private and shared.</summary>
    MapGpa = 0x10001,

    /// <summary>GetQuote: turns a TDREPORT into a quote.</summary>
    GetQuote = 0x10002,

    /// <summary>ReportFatalError: the guest gives up.</summary>
    ReportFatalError = 0x10003,

    /// <summary>SetupEventNotifyInterrupt: the vector by which asynchronous completions are announced.</summary>
    SetupEventNotifyInterrupt = 0x10004,

    /// <summary>Service: a command to a service by GUID.</summary>
    Service = 0x10005,

    /// <summary>MigTD: migration of another TD.</summary>
    MigTd = 0x10006,
}
