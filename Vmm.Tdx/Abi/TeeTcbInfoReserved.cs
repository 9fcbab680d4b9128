using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>Tail of <see cref="TeeTcbInfo"/>: zero, and part of its hash.</summary>
[InlineArray(95)]
public struct TeeTcbInfoReserved
{
    private byte _first;
}
