namespace Vmm.Tdx.VmCalls;

/// <summary>Converts guest pages between private and shared.</summary>
public interface IPageConverter
{
    /// <summary>Converts a run of pages; pages already in the wanted state are no error. Never throws.</summary>
    /// <param name="gpa">Page-aligned first address, without the shared bit.</param>
    /// <param name="size">Page-aligned size in bytes; the run does not wrap.</param>
    /// <param name="shared">To shared; else to private, where the guest must accept the pages before it uses them.</param>
    MapGpaOutcome Convert(ulong gpa, ulong size, bool shared);
}
