namespace Vmm.TdxModel.Kernel;

/// <summary>The registers that KVM serves a TD (arch/x86/kvm/vmx/tdx.c, tdx_has_emulated_msr and tdx_is_read_only_msr).</summary>
internal static class EmulatedMsrs
{
    internal static bool CanRead(uint index) => index switch
    {
        0x1B or 0x3A or 0x8B or 0xCE or 0xFE or 0x10A or 0x140 or 0x179 or 0x17A or 0x17B or 0x1A0 or 0x1FC or 0x277 or 0x2FF => true,
        >= 0x200 and <= 0x26F => true, // MTRRs
        >= 0x280 and <= 0x29F => true, // MCi_CTL2
        >= 0x400 and <= 0x47F => true, // machine check banks
        0x4D0 or 0x6E0 => true,
        0x808 or 0x80A or 0x80B => false, // TPR, PPR, EOI: the hardware's
        >= 0x810 and <= 0x827 => false, // ISR, TMR, IRR
        >= 0x800 and <= 0x8FF => true,
        0xC000_0080 => true,
        0x4B56_4D05 => true, // MSR_KVM_POLL_CONTROL
        _ => false,
    };

    internal static bool CanWrite(uint index) => CanRead(index) && index is not (0x1B or 0xC000_0080 or 0x3A);
}
