namespace Vmm.Devices.FwCfg;

/// <summary>Selectors of fw_cfg items that are no files (QEMU, include/standard-headers/linux/qemu_fw_cfg.h and hw/nvram/fw_cfg.h).</summary>
public enum FwCfgKey : ushort
{
    /// <summary>"QEMU".</summary>
    Signature = 0x00,

    /// <summary>What the interface can do.</summary>
    Id = 0x01,

    /// <summary>Number of processors at start.</summary>
    CpuCount = 0x05,

    /// <summary>Size of the kernel behind its setup part.</summary>
    KernelSize = 0x08,

    /// <summary>Size of the initrd.</summary>
    InitrdSize = 0x0B,

    /// <summary>Largest APIC id plus 1.</summary>
    MaxCpus = 0x0F,

    /// <summary>The kernel behind its setup part.</summary>
    KernelData = 0x11,

    /// <summary>The initrd.</summary>
    InitrdData = 0x12,

    /// <summary>Size of the command line with its NUL.</summary>
    CommandLineSize = 0x14,

    /// <summary>The command line.</summary>
    CommandLineData = 0x15,

    /// <summary>Size of the kernel's setup part.</summary>
    SetupSize = 0x17,

    /// <summary>The kernel's setup part.</summary>
    SetupData = 0x18,

    /// <summary>The directory of files.</summary>
    FileDirectory = 0x19,

    /// <summary>The first file.</summary>
    FirstFile = 0x20,
}
