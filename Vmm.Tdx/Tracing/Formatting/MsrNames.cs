namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Names of the MSRs that guests are seen to ask for.</summary>
internal static class MsrNames
{
    private const ulong FirstX2Apic = 0x800;
    private const ulong LastX2Apic = 0x8FF;
    private const ulong FirstMtrr = 0x200;
    private const ulong LastVariableMtrr = 0x21F;
    private const ulong FirstBank = 0x400;
    private const ulong LastBank = 0x47F;

    private static readonly string[] BankRegisters = ["CTL", "STATUS", "ADDR", "MISC"];

    /// <summary>The name, or the number.</summary>
    internal static string Of(ulong index) => index switch
    {
        0x10 => "IA32_TIME_STAMP_COUNTER",
        0x1B => "IA32_APIC_BASE",
        0x34 => "MSR_SMI_COUNT",
        0x3A => "IA32_FEATURE_CONTROL",
        0x3B => "IA32_TSC_ADJUST",
        0x48 => "IA32_SPEC_CTRL",
        0x49 => "IA32_PRED_CMD",
        0x79 => "IA32_BIOS_UPDT_TRIG",
        0x8B => "IA32_BIOS_SIGN_ID",
        0xCE => "MSR_PLATFORM_INFO",
        0xCF => "IA32_CORE_CAPABILITIES",
        0xFE => "IA32_MTRRCAP",
        0x10A => "IA32_ARCH_CAPABILITIES",
        0x10B => "IA32_FLUSH_CMD",
        0x122 => "IA32_TSX_CTRL",
        0x140 => "MSR_MISC_FEATURES_ENABLES",
        0x174 => "IA32_SYSENTER_CS",
        0x175 => "IA32_SYSENTER_ESP",
        0x176 => "IA32_SYSENTER_EIP",
        0x179 => "IA32_MCG_CAP",
        0x17A => "IA32_MCG_STATUS",
        0x17B => "IA32_MCG_CTL",
        0x19A => "IA32_CLOCK_MODULATION",
        0x19B => "IA32_THERM_INTERRUPT",
        0x19C => "IA32_THERM_STATUS",
        0x1A0 => "IA32_MISC_ENABLE",
        0x1B0 => "IA32_ENERGY_PERF_BIAS",
        0x1B1 => "IA32_PACKAGE_THERM_STATUS",
        0x1D9 => "IA32_DEBUGCTL",
        0x1FC => "MSR_POWER_CTL",
        >= FirstMtrr and <= LastVariableMtrr => $"IA32_MTRR_PHYS{(index % 2 == 0 ? "BASE" : "MASK")}{(index - FirstMtrr) / 2}",
        0x250 => "IA32_MTRR_FIX64K_00000",
        0x258 => "IA32_MTRR_FIX16K_80000",
        0x259 => "IA32_MTRR_FIX16K_A0000",
        >= 0x268 and <= 0x26F => $"IA32_MTRR_FIX4K_{0xC0 + ((index - 0x268) * 8):X}000",
        0x277 => "IA32_PAT",
        0x2FF => "IA32_MTRR_DEF_TYPE",
        0x345 => "IA32_PERF_CAPABILITIES",
        0x38D => "IA32_FIXED_CTR_CTRL",
        0x38F => "IA32_PERF_GLOBAL_CTRL",
        >= FirstBank and <= LastBank => $"IA32_MC{(index - FirstBank) / 4}_{BankRegisters[index % 4]}",
        0x4D0 => "IA32_MCG_EXT_CTL",
        0x606 => "MSR_RAPL_POWER_UNIT",
        0x611 => "MSR_PKG_ENERGY_STATUS",
        0x6E0 => "IA32_TSC_DEADLINE",
        0x830 => "IA32_X2APIC_ICR",
        >= FirstX2Apic and <= LastX2Apic => $"IA32_X2APIC+0x{index - FirstX2Apic:x}",
        0xC80 => "IA32_DEBUG_INTERFACE",
        0xDA0 => "IA32_XSS",
        0x4000_0000 => "HV_X64_MSR_GUEST_OS_ID",
        0x4B56_4D00 => "MSR_KVM_WALL_CLOCK_NEW",
        0x4B56_4D01 => "MSR_KVM_SYSTEM_TIME_NEW",
        0x4B56_4D02 => "MSR_KVM_ASYNC_PF_EN",
        0x4B56_4D03 => "MSR_KVM_STEAL_TIME",
        0x4B56_4D04 => "MSR_KVM_PV_EOI_EN",
        0x4B56_4D05 => "MSR_KVM_POLL_CONTROL",
        0xC000_0080 => "IA32_EFER",
        0xC000_0081 => "IA32_STAR",
        0xC000_0082 => "IA32_LSTAR",
        0xC000_0100 => "IA32_FS_BASE",
        0xC000_0101 => "IA32_GS_BASE",
        0xC000_0102 => "IA32_KERNEL_GS_BASE",
        0xC000_0103 => "IA32_TSC_AUX",
        _ => $"0x{index:x}",
    };
}
