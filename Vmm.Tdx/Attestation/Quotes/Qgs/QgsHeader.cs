using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>Start of every message to and from a quote generation service. 16 bytes, little-endian; on the wire a big-endian length stands before it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct QgsHeader
{
    /// <summary>Value of <see cref="MajorVersion"/>.</summary>
    public const ushort CurrentMajor = 1;

    /// <summary>Value of <see cref="MinorVersion"/>; services that send 0 are also accepted.</summary>
    public const ushort CurrentMinor = 1;

    /// <summary><see cref="CurrentMajor"/>.</summary>
    public ushort MajorVersion;

    /// <summary><see cref="CurrentMinor"/>.</summary>
    public ushort MinorVersion;

    /// <summary>Kind of the message.</summary>
    public QgsMessageType Type;

    /// <summary>Size of the whole message in bytes.</summary>
    public uint Size;

    /// <summary>In responses: what went wrong.</summary>
    public QgsErrorCode ErrorCode;
}
