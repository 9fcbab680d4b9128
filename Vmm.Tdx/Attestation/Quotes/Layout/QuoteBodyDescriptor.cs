using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>What stands before the body in a quote of version 5. 6 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct QuoteBodyDescriptor
{
    /// <summary>Kind of the body.</summary>
    public QuoteBodyType Type;

    /// <summary>Its size in bytes.</summary>
    public uint Size;
}
