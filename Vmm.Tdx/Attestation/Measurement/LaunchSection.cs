using Vmm.Core.Memory;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>A run of pages that the launch adds to a TD.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Range">Where; whole pages.</param>
/// <param name="Content">The bytes, as long as the range, if they are measured; else empty: then only the addresses count.</param>
public sealed record LaunchSection(string Name, MemoryRange Range, ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether the contents are measured (TDH.MR.EXTEND), and not only the addresses.</summary>
    public bool IsExtended => !Content.IsEmpty;
}
