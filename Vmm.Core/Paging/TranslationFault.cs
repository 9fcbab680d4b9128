namespace Vmm.Core.Paging;

/// <summary>Why a linear address has no translation.</summary>
public enum TranslationFault
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>A table entry is not present.</summary>
    NotPresent,

    /// <summary>A table lies where there is no memory.</summary>
    TableOutsideMemory,

    /// <summary>A table lies in memory that this alias of its address cannot reach.</summary>
    TableUnreachable,

    /// <summary>The processor is in a paging mode that this project's guests do not use (32-bit or PAE paging).</summary>
    UnsupportedMode,
}
