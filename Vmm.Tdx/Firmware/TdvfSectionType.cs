namespace Vmm.Tdx.Firmware;

/// <summary>What a section of a TDVF image is for.</summary>
public enum TdvfSectionType : uint
{
    /// <summary>Boot firmware volume: code.</summary>
    Bfv = 0,

    /// <summary>Configuration firmware volume: variables.</summary>
    Cfv = 1,

    /// <summary>The TD HOB list, which the VMM builds.</summary>
    TdHob = 2,

    /// <summary>Memory that the firmware works with at first.</summary>
    TempMem = 3,

    /// <summary>Memory that the guest accepts itself (td-shim).</summary>
    PermMem = 4,

    /// <summary>A kernel (td-shim).</summary>
    Payload = 5,

    /// <summary>The kernel's command line (td-shim).</summary>
    PayloadParam = 6,

    /// <summary>TD_INFO, inside of the boot firmware volume.</summary>
    TdInfo = 7,

    /// <summary>TD_PARAMS, inside of the boot firmware volume.</summary>
    TdParams = 8,
}
