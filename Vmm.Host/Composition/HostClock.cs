using Vmm.Core.Kvm;
using Vmm.Core.Machine;

namespace Vmm.Host.Composition;

/// <summary>The TSC frequency that a machine gets.</summary>
/// <param name="TscKhz">In kHz: the host's own, rounded to a multiple of 25 MHz where the host can scale or is that close.</param>
public sealed record HostClock(int TscKhz)
{
    /// <summary>Asks KVM.</summary>
    public static HostClock Measure(KvmSystem kvm, KvmVm vm)
    {
        int khz = vm.GetTscKhz();
        if (khz == 0)
        {
            // Before Linux 5.18 only a vCPU knows.
            using KvmVm probe = kvm.CreateVm();
            using KvmVcpu vcpu = probe.CreateVcpu(0);
            khz = vcpu.GetTscKhz();
        }

        return new HostClock(X86Platform.RoundTscKhz(khz));
    }
}
