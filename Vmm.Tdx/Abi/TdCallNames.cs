namespace Vmm.Tdx.Abi;

/// <summary>The specification's names of TDCALL leaves.</summary>
public static class TdCallNames
{
    /// <summary>Slots that all leaves fit in; the last is that of leaves without a name. See <see cref="Slot"/>.</summary>
    public const int Slots = Others + 1;

    private const int Others = (int)TdCallLeaf.IqInvRequest + 1;

    /// <summary>A small number for tables of counters.</summary>
    public static int Slot(this TdCallLeaf leaf) => Math.Min((int)leaf, Others);

    /// <summary>The name of what a slot counts.</summary>
    public static string NameOfSlot(int slot) => slot == Others ? "TDCALL, others" : ((TdCallLeaf)slot).SpecName();

    /// <summary>The name, e.g. <c>TDG.VP.INFO</c>; <c>TDCALL.0x99</c> where there is none.</summary>
    public static string SpecName(this TdCallLeaf leaf) => leaf switch
    {
        TdCallLeaf.VpVmCall => "TDG.VP.VMCALL",
        TdCallLeaf.VpInfo => "TDG.VP.INFO",
        TdCallLeaf.MrRtmrExtend => "TDG.MR.RTMR.EXTEND",
        TdCallLeaf.VpVeInfoGet => "TDG.VP.VEINFO.GET",
        TdCallLeaf.MrReport => "TDG.MR.REPORT",
        TdCallLeaf.VpCpuidVeSet => "TDG.VP.CPUIDVE.SET",
        TdCallLeaf.MemPageAccept => "TDG.MEM.PAGE.ACCEPT",
        TdCallLeaf.VmRd => "TDG.VM.RD",
        TdCallLeaf.VmWr => "TDG.VM.WR",
        TdCallLeaf.VpRd => "TDG.VP.RD",
        TdCallLeaf.VpWr => "TDG.VP.WR",
        TdCallLeaf.SysRd => "TDG.SYS.RD",
        TdCallLeaf.SysRdAll => "TDG.SYS.RDALL",
        TdCallLeaf.ServTdRd => "TDG.SERVTD.RD",
        TdCallLeaf.ServTdWr => "TDG.SERVTD.WR",
        TdCallLeaf.MrVerifyReport => "TDG.MR.VERIFYREPORT",
        TdCallLeaf.MemPageAttrRd => "TDG.MEM.PAGE.ATTR.RD",
        TdCallLeaf.MemPageAttrWr => "TDG.MEM.PAGE.ATTR.WR",
        TdCallLeaf.VpEnter => "TDG.VP.ENTER",
        TdCallLeaf.VpInvEpt => "TDG.VP.INVEPT",
        TdCallLeaf.VpInvVpid => "TDG.VP.INVVPID",
        TdCallLeaf.MrKeyGet => "TDG.MR.KEY.GET",
        TdCallLeaf.MemPageRelease => "TDG.MEM.PAGE.RELEASE",
        TdCallLeaf.ServTdRebindApprove => "TDG.SERVTD.REBIND.APPROVE",
        TdCallLeaf.SpdmTpaSet => "TDG.SPDM.TPA.SET",
        TdCallLeaf.SpdmTpaGet => "TDG.SPDM.TPA.GET",
        TdCallLeaf.DevIfValidate => "TDG.DEVIF.VALIDATE",
        TdCallLeaf.DevIfRd => "TDG.DEVIF.RD",
        TdCallLeaf.DevIfRequest => "TDG.DEVIF.REQUEST",
        TdCallLeaf.DevIfResponse => "TDG.DEVIF.RESPONSE",
        TdCallLeaf.DmarAccept => "TDG.DMAR.ACCEPT",
        TdCallLeaf.MmioAccept => "TDG.MMIO.ACCEPT",
        TdCallLeaf.IqInvRequest => "TDG.IQ.INV.REQUEST",
        TdCallLeaf.Debug => "TDG.DEBUG",
        _ => $"TDCALL.0x{(int)leaf:x}",
    };
}
