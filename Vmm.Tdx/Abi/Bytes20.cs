using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>20 bytes inside a wire structure; converts to a span.</summary>
[InlineArray(20)]
public struct Bytes20
{
    private byte _first;
}
