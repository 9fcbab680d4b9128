using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>32 bytes inside a wire structure; converts to a span.</summary>
[InlineArray(32)]
public struct Bytes32
{
    private byte _first;
}
