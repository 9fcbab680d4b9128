using Vmm.Core.Kvm;

namespace Vmm.Host.Doctor;

/// <summary>Whether this host can run TDs on TDX hardware, and which link of the chain is missing. docs/tdx-hosts.md has the cures at length.</summary>
internal static class TdxChecks
{
    internal const string Name = "tdx hardware";

    // Where the quote generation service of Intel's DCAP packages listens (qgs.conf, qgsd.service).
    private const string QgsSocket = "var/run/tdx-qgs/qgs.socket";

    private static readonly (KvmCap Cap, int Bits, string Name)[] Needed =
    [
        (KvmCap.UserMemory2, 0, "KVM_CAP_USER_MEMORY2"),
        (KvmCap.GuestMemfd, 0, "KVM_CAP_GUEST_MEMFD"),
        (KvmCap.MemoryAttributes, (int)KvmMemoryAttribute.Private, "KVM_CAP_MEMORY_ATTRIBUTES"),
        (KvmCap.X86ApicBusCyclesNs, 0, "KVM_CAP_X86_APIC_BUS_CYCLES_NS"),
    ];

    /// <summary>One line where there is no TDX, else one for each thing that TDs need.</summary>
    public static IEnumerable<HostCheck> Examine(HostFiles files, KvmSystem? kvm)
    {
        if (kvm is null || !AreOffered(kvm))
        {
            return [FindMissingLink(files)];
        }

        return
        [
            new HostCheck(Name, CheckStatus.Ok, "KVM offers TDX VMs"),
            .. Needed.Select(one => Capability(kvm, one.Cap, one.Bits, one.Name)),
            KeyIds(files),
            HostCheck.If(
                files.Exists(QgsSocket),
                "tdx quotes",
                CheckStatus.Warn,
                files.Exists(QgsSocket) ? $"a quote generation service listens at /{QgsSocket}" : $"no quote generation service listens at /{QgsSocket}",
                "install tdx-qgs (qgsd) if TDs are to be attested, and name it in \"td.quote\""),
        ];
    }

    /// <summary>Whether KVM offers TDX VMs. Where it does, <see cref="Examine"/> says what else they need.</summary>
    public static bool AreOffered(KvmSystem kvm) => (kvm.CheckExtension(KvmCap.VmTypes) & (1 << (int)KvmVmType.Tdx)) != 0;

    private static HostCheck FindMissingLink(HostFiles files)
    {
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

    private static HostCheck Capability(KvmSystem kvm, KvmCap cap, int bits, string name)
    {
        int answer = kvm.CheckExtension(cap);
        bool there = answer != 0 && (answer & bits) == bits;
        return HostCheck.If(
            there, $"tdx {name}", CheckStatus.Missing, there ? "present" : "this host's KVM offers TDX VMs and lacks what their memory needs", "use a host kernel 6.16 or later, unpatched");
    }

    // Each TD takes one of the key ids that the BIOS sets aside (misc cgroup, resource "tdx"; since Linux 6.17).
    private static HostCheck KeyIds(HostFiles files)
    {
        const string Key = "tdx ";
        string? line = files.Read("sys/fs/cgroup/misc.capacity")?.Split('\n').FirstOrDefault(each => each.StartsWith(Key, StringComparison.Ordinal));
        return line is null
            ? new HostCheck("tdx key ids", CheckStatus.Ok, "the kernel does not say how many TDs can run at once")
            : HostCheck.If(line[Key.Length..] != "0", "tdx key ids", CheckStatus.Missing, $"up to {line[Key.Length..]} TDs at once", "give TDX key ids in the BIOS (TME-MT/TDX key split)");
    }
}
