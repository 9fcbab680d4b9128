using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>Zeros behind the report type in <see cref="ReportMacStruct"/>.</summary>
[InlineArray(12)]
public struct ReportMacReserved
{
    private byte _first;
}
