namespace Vmm.Devices.FwCfg;

/// <summary>The control word of a DMA request; the selector is in the upper half (docs/specs/fw_cfg.rst of QEMU).</summary>
[Flags]
internal enum FwCfgControl : uint
{
    /// <summary>Done.</summary>
    None = 0,

    /// <summary>It failed.</summary>
    Error = 1 << 0,

    /// <summary>Copy to memory.</summary>
    Read = 1 << 1,

    /// <summary>Pass bytes over.</summary>
    Skip = 1 << 2,

    /// <summary>Select an item first.</summary>
    Select = 1 << 3,

    /// <summary>Copy from memory: no item can be written.</summary>
    Write = 1 << 4,
}
