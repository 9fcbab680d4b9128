using Vmm.Core.Boot.LongMode;
using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Memory;

namespace Vmm.Core.Machine;

/// <summary>The personality of a guest that is no TD: every access goes to the buses at once. For comparisons, plain test kernels and debugging.</summary>
/// <param name="memory">Guest memory.</param>
/// <param name="buses">The devices.</param>
/// <param name="ioApic">Is told of ends of interrupts.</param>
/// <param name="cpuid">CPUID table of each vCPU.</param>
/// <param name="tscKhz">TSC frequency.</param>
/// <param name="bootProcessor">Where the first vCPU begins; the others wait for INIT and STARTUP.</param>
/// <param name="lifecycle">Ends the machine.</param>
public sealed class OrdinaryGuest(
    GuestMemory memory,
    DeviceBuses buses,
    IoApic ioApic,
    IReadOnlyList<IReadOnlyList<CpuidEntry>> cpuid,
    int tscKhz,
    ProcessorState bootProcessor,
    MachineLifecycle lifecycle) : IPersonality
{
    /// <inheritdoc/>
    public bool StartsAllVcpus => true;

    /// <inheritdoc/>
    public void PrepareVm(KvmVm vm)
    {
        X86Platform.Prepare(vm);
        X86Platform.MapMemory(vm, memory);
    }

    /// <inheritdoc/>
    public void PrepareVcpu(Vcpu vcpu)
    {
        vcpu.Kvm.TrySetTscKhz(tscKhz);
        vcpu.Kvm.SetCpuid([.. cpuid[vcpu.Index].Select(entry => entry.ToKvm())]);
        if (vcpu.Index == 0)
        {
            X86Platform.Enter(vcpu, bootProcessor, x2Apic: false);
        }
    }

    /// <inheritdoc/>
    public void Handle(Vcpu vcpu, in VcpuExit exit)
    {
        switch (exit.Kind)
        {
            case VcpuExitKind.Io:
                PortExit.Serve(vcpu.Kvm, buses.Ports);
                break;
            case VcpuExitKind.Mmio:
                MmioExit.Serve(vcpu.Kvm, buses.Mmio, sharedBit: 0);
                break;
            case VcpuExitKind.EndOfInterrupt:
                ioApic.EndOfInterrupt(vcpu.Kvm.Area.Exit.EoiVector);
                break;
            default:
                lifecycle.End(ExitFailure.Describe(vcpu, in exit));
                break;
        }
    }
}
