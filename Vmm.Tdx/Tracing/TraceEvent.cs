namespace Vmm.Tdx.Tracing;

/// <summary>What a record tells of.</summary>
public enum TraceEvent
{
    /// <summary>A TDCALL, with the TDVMCALLs among them.</summary>
    TdCall,

    /// <summary>A #VE that was raised; <see cref="TraceRecord.Output"/> is what TDG.VP.VEINFO.GET will answer.</summary>
    VirtualizationException,
}
