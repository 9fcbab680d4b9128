using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tracing;

/// <summary>Sorts calls by topic.</summary>
public static class TraceTopicsExtensions
{
    /// <summary>What a record is about: one topic.</summary>
    public static TraceTopics Topic(this in TraceRecord record) =>
        record.Event == TraceEvent.VirtualizationException ? TraceTopics.Ve
        : record.IsVmCall ? Topic(record.VmCall)
        : Topic(record.Function.Leaf);

    private static TraceTopics Topic(VmCallFunction call) => call.IsVendor ? TraceTopics.Vendor : call.Leaf switch
    {
        VmCallLeaf.InstructionIo => TraceTopics.Io,
        VmCallLeaf.RequestMmio => TraceTopics.Mmio,
        VmCallLeaf.InstructionCpuid => TraceTopics.Cpuid,
        VmCallLeaf.InstructionRdmsr or VmCallLeaf.InstructionWrmsr => TraceTopics.Msr,
        VmCallLeaf.InstructionHlt => TraceTopics.Hlt,
        VmCallLeaf.MapGpa => TraceTopics.MapGpa,
        VmCallLeaf.GetQuote or VmCallLeaf.SetupEventNotifyInterrupt => TraceTopics.Quote,
        VmCallLeaf.ReportFatalError => TraceTopics.Fatal,
        _ => TraceTopics.Service,
    };

    private static TraceTopics Topic(TdCallLeaf leaf) => leaf switch
    {
        TdCallLeaf.MemPageAccept or TdCallLeaf.MemPageAttrRd or TdCallLeaf.MemPageAttrWr or TdCallLeaf.MemPageRelease => TraceTopics.Mem,
        TdCallLeaf.MrReport or TdCallLeaf.MrRtmrExtend or TdCallLeaf.MrVerifyReport or TdCallLeaf.MrKeyGet => TraceTopics.Mr,
        TdCallLeaf.VpVeInfoGet => TraceTopics.Ve,
        TdCallLeaf.VmRd or TdCallLeaf.VmWr or TdCallLeaf.VpRd or TdCallLeaf.VpWr or TdCallLeaf.SysRd or TdCallLeaf.SysRdAll => TraceTopics.Metadata,
        _ => TraceTopics.Misc,
    };
}
