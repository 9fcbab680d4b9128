using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Abi;

/// <summary>Fills <see cref="TeeTcbInfo"/> up to the 256 bytes it has in a <see cref="TdReport"/>; not part of its hash.</summary>
[InlineArray(17)]
public struct TeeTcbInfoPadding
{
    private byte _first;
}
