using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>64 bytes inside a wire structure; converts to a span.</summary>
[InlineArray(64)]
public struct Bytes64
{
    private byte _first;
}
