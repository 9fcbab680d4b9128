using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>16 bytes inside a wire structure; converts to a span.</summary>
[InlineArray(16)]
public struct Bytes16
{
    private byte _first;
}
