using Vmm.Core.Kvm;

namespace Vmm.Host.Doctor;

/// <summary>Whether this host can run TDs on TDX hardware, and which link of the chain is missing.</summary>
internal static class TdxChecks
{
    private const int TdxVmType = 5; // KVM_X86_TDX_VM
    private const string Name = "tdx hardware";

    public static HostCheck Examine(HostFiles files, KvmSystem? kvm)
    {
        if (kvm is not null && (kvm.CheckExtension(KvmCap.VmTypes) & (1 << TdxVmType)) != 0)
        {
            return new HostCheck(Name, CheckStatus.Ok, "KVM offers TDX VMs");
        }

        string flags = files.Read("proc/cpuinfo")?.Split('\n').FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        string? parameter = files.Read("sys/module/kvm_intel/parameters/tdx");
        string? config = files.Read($"boot/config-{files.Read("proc/sys/kernel/osrelease")}");
        (string finding, string advice) = (flags, parameter, config) switch
        {
            _ when !flags.Split(' ').Contains("tdx_host_platform") =>
                ("the processor or its firmware offers no TDX", "emulated TDs need none; for real ones use a 4th generation Xeon or later and enable TDX in the firmware"),
            (_, _, { } text) when !text.Contains("CONFIG_KVM_INTEL_TDX=y", StringComparison.Ordinal) =>
                ("the processor has TDX and this kernel was built without CONFIG_KVM_INTEL_TDX", "use a host kernel 6.16 or later with it"),
            (_, null, _) => ("the processor has TDX and kvm_intel knows nothing of it", "use a host kernel 6.16 or later with CONFIG_KVM_INTEL_TDX"),
            (_, "N", _) => ("TDX is switched off in kvm_intel", "load it with kvm_intel.tdx=1, and look for 'virt/tdx' in the kernel's log"),
            _ => ("kvm_intel has TDX switched on and KVM offers no TDX VMs", "look for 'virt/tdx' in the kernel's log"),
        };
        return new HostCheck(Name, CheckStatus.Missing, finding, advice);
    }
}
