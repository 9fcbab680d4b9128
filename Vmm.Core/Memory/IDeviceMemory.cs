namespace Vmm.Core.Memory;

/// <summary>Guest memory as a device sees it: all RAM of an ordinary guest, only shared pages of a TD.</summary>
/// <remarks>Its bytes never move and stay mapped as long as the machine lives, so that the host's kernel can be handed their addresses.</remarks>
public interface IDeviceMemory
{
    /// <summary>Gets a run of guest memory for reading and writing.</summary>
    /// <param name="gpa">First guest-physical address, with or without the shared bit.</param>
    /// <param name="length">Length in bytes.</param>
    /// <param name="span">The bytes themselves; empty when refused. Use at once: the guest may convert the pages later.</param>
    /// <returns>False when any byte is no RAM or lies in a private page: the device refuses the request.</returns>
    bool TryGetSpan(ulong gpa, int length, out Span<byte> span);
}
