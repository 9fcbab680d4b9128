using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>The four run-time measurement registers.</summary>
[InlineArray(Count)]
public struct Rtmrs
{
    /// <summary>How many there are.</summary>
    public const int Count = 4;

    private Bytes48 _first;
}
