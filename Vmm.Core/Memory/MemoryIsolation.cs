namespace Vmm.Core.Memory;

/// <summary>How private pages are kept apart from shared ones.</summary>
internal enum MemoryIsolation
{
    /// <summary>Not at all: there is one kind of page.</summary>
    None,

    /// <summary>By page protections of two mappings of the same memory, one for each alias.</summary>
    Aliases,

    /// <summary>By the host's kernel, which keeps the private pages elsewhere.</summary>
    Kernel,
}
