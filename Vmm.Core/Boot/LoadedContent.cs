namespace Vmm.Core.Boot;

/// <summary>What a loader put into a range of guest memory.</summary>
public enum LoadedContent
{
    /// <summary>The kernel or its decompressor: code and data.</summary>
    Kernel,

    /// <summary>The compressed kernel that the guest unpacks itself: no code as it stands.</summary>
    KernelPayload,

    /// <summary>The initial RAM disk.</summary>
    Initrd,

    /// <summary>The command line with its NUL.</summary>
    CommandLine,

    /// <summary>boot_params, the "zero page".</summary>
    BootParams,

    /// <summary>ACPI tables, from the RSDP on.</summary>
    AcpiTables,

    /// <summary>Page tables and descriptors that processors start with.</summary>
    ProcessorTables,

    /// <summary>The code at the real-mode reset vector.</summary>
    ResetVector,
}
