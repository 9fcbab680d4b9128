namespace Vmm.Core.Paging;

/// <summary>Where a linear address leads.</summary>
/// <param name="Fault">Why it leads nowhere, or <see cref="TranslationFault.None"/>.</param>
/// <param name="Gpa">Guest-physical address with the shared bit as in the page table; of the table that could not be read, on a fault.</param>
/// <param name="Rights">What the tables allow, all levels combined.</param>
public readonly record struct Translation(TranslationFault Fault, ulong Gpa, PageRights Rights)
{
    /// <summary>Whether there is a translation.</summary>
    public bool IsValid => Fault == TranslationFault.None;
}
