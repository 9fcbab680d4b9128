using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Operands and results of TDCALL leaves.</summary>
internal static class TdCallText
{
    private static readonly string[] Levels = ["4K", "2M", "1G"];

    internal static CallText Describe(in TraceRecord record)
    {
        ref readonly KvmRegs input = ref record.Input;
        ref readonly KvmRegs output = ref record.Output;
        return record.Function.Leaf switch
        {
            TdCallLeaf.VpVmCall => new($"mask=0x{input.Rcx:x}"),
            TdCallLeaf.VpInfo => new("", VpInfo(in output)),
            TdCallLeaf.MrRtmrExtend => new($"RTMR{input.Rdx}, digest=0x{input.Rcx:x}"),
            TdCallLeaf.VpVeInfoGet => new("", VeText.Describe(in output)),
            TdCallLeaf.MrReport => new($"report=0x{input.Rcx:x}, data=0x{input.Rdx:x}{(input.R8 == 0 ? "" : $", subtype={input.R8}")}"),
            TdCallLeaf.VpCpuidVeSet => new($"supervisor={input.Rcx & 1}, user={(input.Rcx >> 1) & 1}"),
            TdCallLeaf.MemPageAccept => new($"gpa={Page(input.Rcx)}"),
            TdCallLeaf.VmRd => Read(MetadataNames.Td, in record, tells: record.Function.Version > 0),
            TdCallLeaf.VpRd => Read(MetadataNames.Vcpu, in record, tells: true),
            TdCallLeaf.SysRd => Read(MetadataNames.Sys, in record, tells: true),
            TdCallLeaf.VmWr => Write(MetadataNames.Td, in record),
            TdCallLeaf.VpWr => Write(MetadataNames.Vcpu, in record),
            TdCallLeaf.SysRdAll => new($"list=0x{input.Rdx:x}, {MetadataNames.Sys.Find(input.R8)}", $"next={MetadataNames.Sys.Find(output.R8)}"),
            TdCallLeaf.ServTdRd => new($"binding=0x{input.Rcx:x}, {MetadataNames.Td.Find(input.Rdx)}", $"0x{output.R8:x}"),
            TdCallLeaf.ServTdWr => new(
                $"binding=0x{input.Rcx:x}, {MetadataNames.Td.Find(input.Rdx)}, value=0x{input.R8:x}, mask=0x{input.R9:x}", $"old=0x{output.R8:x}"),
            TdCallLeaf.MrVerifyReport => new($"mac=0x{input.Rcx:x}"),
            TdCallLeaf.MemPageAttrRd => new($"gpa=0x{input.Rcx:x}", $"{Mapping(output.Rcx)}, attributes=0x{output.Rdx:x}"),
            TdCallLeaf.MemPageAttrWr => new(
                $"gpa={Page(input.Rcx)}, attributes=0x{input.Rdx:x}, changes=0x{input.R8:x}", $"{Mapping(output.Rcx)}, attributes=0x{output.Rdx:x}"),
            _ => new($"rcx=0x{input.Rcx:x}, rdx=0x{input.Rdx:x}, r8=0x{input.R8:x}, r9=0x{input.R9:x}"),
        };
    }

    private static string VpInfo(in KvmRegs output) =>
        $"gpaw={output.Rcx}, attributes={SpecNames.OfFlags((TdAttributes)output.Rdx)}, vcpus={(uint)output.R8}/{output.R8 >> 32}, index={output.R9}";

    private static CallText Read(MetadataNames names, in TraceRecord record, bool tells)
    {
        string value = $"0x{record.Output.R8:x}";
        return new(
            Target(record.Input.Rcx, record.Function.Leaf) + names.Find(record.Input.Rdx),
            tells ? $"{value}, next={names.Find(record.Output.Rdx)}" : value);
    }

    private static CallText Write(MetadataNames names, in TraceRecord record) => new(
        $"{Target(record.Input.Rcx, record.Function.Leaf)}{names.Find(record.Input.Rdx)}, value=0x{record.Input.R8:x}, mask=0x{record.Input.R9:x}",
        $"old=0x{record.Output.R8:x}");

    // It has to be 0, and it is no operand of TDG.SYS.RD.
    private static string Target(ulong rcx, TdCallLeaf leaf) => rcx == 0 || leaf == TdCallLeaf.SysRd ? "" : $"target=0x{rcx:x}, ";

    private static string Page(ulong operand)
    {
        var page = new GpaMapping(operand);
        return page.IsValidOperand(Levels.Length - 1) ? $"0x{page.Gpa:x}, {Levels[page.Level]}" : $"0x{operand:x}";
    }

    private static string Mapping(ulong result)
    {
        var page = new GpaMapping(result);
        string level = page.Level < Levels.Length ? Levels[page.Level] : $"level {page.Level}";
        return $"gpa=0x{page.Gpa:x}, {level}{(page.IsPending ? ", pending" : "")}";
    }
}
