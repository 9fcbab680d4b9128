namespace Vmm.Tdx.Tracing;

/// <summary>What calls are about; a filter is a set of these.</summary>
[Flags]
public enum TraceTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TDVMCALL: port I/O.</summary>
    Io = 1 << 0,

    /// <summary>TDVMCALL: memory-mapped I/O.</summary>
    Mmio = 1 << 1,

    /// <summary>TDVMCALL: CPUID.</summary>
    Cpuid = 1 << 2,

    /// <summary>TDVMCALL: RDMSR and WRMSR.</summary>
    Msr = 1 << 3,

    /// <summary>TDVMCALL: HLT.</summary>
    Hlt = 1 << 4,

    /// <summary>TDVMCALL: MapGPA.</summary>
    MapGpa = 1 << 5,

    /// <summary>TDVMCALL: GetQuote and SetupEventNotifyInterrupt.</summary>
    Quote = 1 << 6,

    /// <summary>TDVMCALL: ReportFatalError.</summary>
    Fatal = 1 << 7,

    /// <summary>TDVMCALL: KVM's hypercalls.</summary>
    Vendor = 1 << 8,

    /// <summary>TDVMCALL: all others.</summary>
    Service = 1 << 9,

    /// <summary>TDCALL: TDG.MEM.*.</summary>
    Mem = 1 << 10,

    /// <summary>TDCALL: TDG.MR.*.</summary>
    Mr = 1 << 11,

    /// <summary>TDCALL: metadata, TDG.VM.*, TDG.VP.RD, TDG.VP.WR and TDG.SYS.*.</summary>
    Metadata = 1 << 12,

    /// <summary>#VEs that were raised, and TDG.VP.VEINFO.GET.</summary>
    Ve = 1 << 13,

    /// <summary>TDCALL: all others, and those that were refused.</summary>
    Misc = 1 << 14,

    /// <summary>All TDVMCALLs.</summary>
    VmCall = Io | Mmio | Cpuid | Msr | Hlt | MapGpa | Quote | Fatal | Vendor | Service,

    /// <summary>All other TDCALLs.</summary>
    TdCall = Mem | Mr | Metadata | Ve | Misc,

    /// <summary>Everything.</summary>
    All = VmCall | TdCall,
}
