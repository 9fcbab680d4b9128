namespace Vmm.Core.Boot;

/// <summary>Why a guest cannot be booted; lets a front end choose an exit code without reading the message.</summary>
public enum BootError
{
    /// <summary>The file does not exist.</summary>
    FileMissing,

    /// <summary>The file exists and cannot be read: permissions, a directory, a device, an I/O error.</summary>
    FileUnreadable,

    /// <summary>The file is no kernel image of a known format.</summary>
    NotAKernel,

    /// <summary>The file ends before what its own headers promise.</summary>
    Truncated,

    /// <summary>The image contradicts itself or its format's specification.</summary>
    Malformed,

    /// <summary>The image is for another architecture, or cannot be entered in 64-bit mode.</summary>
    WrongArchitecture,

    /// <summary>The image is sound and uses a feature that this loader lacks.</summary>
    Unsupported,

    /// <summary>The image, the initrd or a table does not fit into guest memory.</summary>
    DoesNotFit,

    /// <summary>The command line is longer than the kernel takes, or holds a NUL.</summary>
    BadCommandLine,

    /// <summary>A system library that decompresses this kernel is not installed.</summary>
    LibraryMissing,
}
