namespace Vmm.Tdx.Abi;

/// <summary>Guest-side leaves of the TDX module: bits 15:0 of RAX at a TDCALL.</summary>
public enum TdCallLeaf : ushort
{
    /// <summary>TDG.VP.VMCALL: calls the VMM.</summary>
    VpVmCall = 0,

    /// <summary>TDG.VP.INFO: GPA width, attributes, vCPU counts and index.</summary>
    VpInfo = 1,

    /// <summary>TDG.MR.RTMR.EXTEND: extends a run-time measurement register.</summary>
    MrRtmrExtend = 2,

    /// <summary>TDG.VP.VEINFO.GET: reads and clears the pending #VE's information.</summary>
    VpVeInfoGet = 3,

    /// <summary>TDG.MR.REPORT: makes a TDREPORT.</summary>
    MrReport = 4,

    /// <summary>TDG.VP.CPUIDVE.SET: forces #VE on CPUID.</summary>
    VpCpuidVeSet = 5,

    /// <summary>TDG.MEM.PAGE.ACCEPT: accepts a pending private page.</summary>
    MemPageAccept = 6,

    /// <summary>TDG.VM.RD: reads TD-scope metadata.</summary>
    VmRd = 7,

    /// <summary>TDG.VM.WR: writes TD-scope metadata.</summary>
    VmWr = 8,

    /// <summary>TDG.VP.RD: reads vCPU-scope metadata.</summary>
    VpRd = 9,

    /// <summary>TDG.VP.WR: writes vCPU-scope metadata.</summary>
    VpWr = 10,

    /// <summary>TDG.SYS.RD: reads global metadata.</summary>
    SysRd = 11,

    /// <summary>TDG.SYS.RDALL: reads global metadata into a list page.</summary>
    SysRdAll = 12,

    /// <summary>TDG.SERVTD.RD: reads metadata of the TD that a service TD is bound to.</summary>
    ServTdRd = 18,

    /// <summary>TDG.SERVTD.WR: writes metadata of the TD that a service TD is bound to.</summary>
    ServTdWr = 20,

    /// <summary>TDG.MR.VERIFYREPORT: verifies the MAC of a local report.</summary>
    MrVerifyReport = 22,

    /// <summary>TDG.MEM.PAGE.ATTR.RD: reads a page's attributes for all L2 VMs.</summary>
    MemPageAttrRd = 23,

    /// <summary>TDG.MEM.PAGE.ATTR.WR: writes a page's attributes.</summary>
    MemPageAttrWr = 24,

    /// <summary>TDG.VP.ENTER: enters an L2 VM.</summary>
    VpEnter = 25,

    /// <summary>TDG.VP.INVEPT: invalidates cached L2 EPT translations.</summary>
    VpInvEpt = 26,

    /// <summary>TDG.VP.INVVPID (INVGLA): invalidates cached L2 linear translations.</summary>
    VpInvVpid = 27,

    /// <summary>TDG.MR.KEY.GET: derives a sealing key.</summary>
    MrKeyGet = 29,

    /// <summary>TDG.MEM.PAGE.RELEASE: gives a private page back.</summary>
    MemPageRelease = 30,

    /// <summary>TDG.SERVTD.REBIND.APPROVE.</summary>
    ServTdRebindApprove = 33,

    /// <summary>TDX Connect: SPDM_TPA_SET.</summary>
    SpdmTpaSet = 64,

    /// <summary>TDX Connect: SPDM_TPA_GET.</summary>
    SpdmTpaGet = 65,

    /// <summary>TDX Connect: DEVIF_VALIDATE.</summary>
    DevIfValidate = 66,

    /// <summary>TDX Connect: DEVIF_RD.</summary>
    DevIfRd = 67,

    /// <summary>TDX Connect: DEVIF_REQUEST.</summary>
    DevIfRequest = 68,

    /// <summary>TDX Connect: DEVIF_RESPONSE.</summary>
    DevIfResponse = 69,

    /// <summary>TDX Connect: DMAR_ACCEPT.</summary>
    DmarAccept = 70,

    /// <summary>TDX Connect: MMIO_ACCEPT.</summary>
    MmioAccept = 71,

    /// <summary>TDX Connect: IQ_INV_REQUEST.</summary>
    IqInvRequest = 72,

    /// <summary>TDG.DEBUG: only in debug builds of the module.</summary>
    Debug = 254,
}
