using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>48 bytes inside a wire structure; converts to a span.</summary>
[InlineArray(48)]
public struct Bytes48
{
    private byte _first;
}
