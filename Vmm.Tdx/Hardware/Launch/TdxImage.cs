using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>What a TD begins with. The contents lie in guest memory.</summary>
/// <param name="Sections">What is added, in order.</param>
/// <param name="InitialRcx">What vCPUs find in RCX and R8: the address of the TD HOB list, or 0.</param>
public sealed record TdxImage(IReadOnlyList<TdxSection> Sections, ulong InitialRcx)
{
    /// <summary>The sections with their contents, as MRTD is computed from.</summary>
    /// <param name="memory">Where the contents lie.</param>
    public IReadOnlyList<LaunchSection> ToLaunch(GuestMemory memory) =>
        [.. Sections.Select(section => new LaunchSection(section.Name, section.Range, section.IsMeasured ? Copy(memory, section.Range) : default))];

    private static ReadOnlyMemory<byte> Copy(GuestMemory memory, MemoryRange range) => memory.GetSpan(range.Gpa, checked((int)range.Size)).ToArray();
}
