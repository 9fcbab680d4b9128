namespace Vmm.Tdx.Firmware;

/// <summary>How a section of a TDVF image is loaded.</summary>
[Flags]
public enum TdvfAttributes : uint
{
    /// <summary>Its pages are added and not measured.</summary>
    None = 0,

    /// <summary>MR.EXTEND: its contents are measured.</summary>
    Extend = 1 << 0,

    /// <summary>PAGE.AUG: its pages are not added; the guest accepts them.</summary>
    PageAug = 1 << 1,
}
