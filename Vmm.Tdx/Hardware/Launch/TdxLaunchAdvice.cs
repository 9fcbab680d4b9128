namespace Vmm.Tdx.Hardware.Launch;

/// <summary>What to do about an error number of KVM's TDX API: what it means at which step is in the kernel's arch/x86/kvm/vmx/tdx.c.</summary>
internal static class TdxLaunchAdvice
{
    // linux/x86-64
    private const int Eio = 5;
    private const int E2Big = 7;
    private const int Eagain = 11;
    private const int Enomem = 12;
    private const int Ebusy = 16;
    private const int Einval = 22;
    private const int Emfile = 24;
    private const int Enospc = 28;

    internal static string For(TdxLaunchStep step, int errno) => (step, errno) switch
    {
        (TdxLaunchStep.Capabilities, E2Big) => "this kernel offers more CPUID leaves than vmm takes: please report it",
        (TdxLaunchStep.InitVm, Eio) => "each processor package needs one CPU online (see /sys/devices/system/cpu/online); else look for 'tdx' in the kernel's log",
        (TdxLaunchStep.InitVm, Enospc) => "all key ids for TDs of this host are in use: stop another TD, or give TDX more of them in the BIOS",
        (TdxLaunchStep.InitVm, Eagain) => "the processor's random numbers are exhausted: try again",
        (TdxLaunchStep.InitVm, Ebusy) => "vCPUs were there before the TD: please report it",
        (TdxLaunchStep.InitVm, E2Big) => "it takes no more than 256 CPUID leaves: name fewer in the policy",
        (TdxLaunchStep.InitVm, Einval) => "compare td.attributes, td.xfam, td.gpaw and the policy's CPUID leaves with what 'vmm run --dry-run' prints; a gpaw of 52 needs a host with 5-level page tables",
        (TdxLaunchStep.InitVcpu, Einval) => "the CPUID policy must leave x2APIC (leaf 1, ECX bit 21) there",
        (TdxLaunchStep.InitVcpu, Eio) => "the TDX module refused the vCPU: look for 'tdx' in the kernel's log",
        (TdxLaunchStep.InitMemRegion, Enomem) or (TdxLaunchStep.Memory, Enomem) => "free memory of the host, or ask for less",
        (TdxLaunchStep.InitMemRegion, Ebusy or Eagain) => "another task keeps the TDX module or the page tables of this TD busy: try again",
        (TdxLaunchStep.InitMemRegion, Eio) or (TdxLaunchStep.FinalizeVm, Eio) => "the TDX module refused: look for 'tdx' in the kernel's log",
        (TdxLaunchStep.FinalizeVm, Ebusy) => "the TDX module stays busy: try again",
        (_, Emfile) => "too many open files: raise ulimit -n",
        _ => "run 'vmm doctor', and see docs/tdx-hosts.md",
    };
}
