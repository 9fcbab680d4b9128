using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>Start of the shared buffer of GetQuote; input, later the quote, follow it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct QuoteBufferHeader
{
    /// <summary>Value of <see cref="Version"/>.</summary>
    public const ulong CurrentVersion = 1;

    /// <summary><see cref="CurrentVersion"/>; written by the guest.</summary>
    public ulong Version;

    /// <summary>How far the request is; written by the VMM, last of all.</summary>
    public QuoteStatus Status;

    /// <summary>Bytes of input; written by the guest.</summary>
    public uint InputLength;

    /// <summary>Bytes of quote; written by the VMM.</summary>
    public uint OutputLength;
}
