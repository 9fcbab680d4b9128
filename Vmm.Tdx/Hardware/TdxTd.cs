using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Tdx.Hardware.Exits;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Hardware;

/// <summary>
/// The personality of a TD on TDX hardware. The TDX module and KVM have dealt with most of what the guest does; what comes out here are the TDVMCALLs
/// that KVM leaves to user space, and the TD's end.
/// </summary>
/// <param name="launch">Builds the TD.</param>
/// <param name="vmCalls">Serves exits that stand for TDVMCALLs.</param>
/// <param name="faults">Serves accesses that find a page private or shared where it should be the other.</param>
/// <param name="msrs">What accesses of MSRs meet.</param>
/// <param name="ioApic">Is told of ends of interrupts, by a KVM that can.</param>
/// <param name="lifecycle">Ends the machine.</param>
public sealed class TdxTd(ITdxLaunch launch, VmCallExits vmCalls, MemoryFaults faults, MsrPolicy msrs, IoApic ioApic, MachineLifecycle lifecycle) : IPersonality
{
    private TdxVcpu[] _vcpus = [];

    /// <summary>The vCPUs.</summary>
    public IReadOnlyList<TdxVcpu> Vcpus => _vcpus;

    /// <inheritdoc/>
    /// <remarks>A TD's vCPUs know no INIT and no STARTUP: firmware keeps all but the first waiting.</remarks>
    public bool StartsAllVcpus => true;

    /// <inheritdoc/>
    public void PrepareVm(KvmVm vm)
    {
        launch.PrepareVm(vm);
        ForwardedCalls.Enable(vm, msrs);
    }

    /// <inheritdoc/>
    public void PrepareVcpus(KvmVm vm, IReadOnlyList<Vcpu> vcpus)
    {
        _vcpus = [.. vcpus.Select(vcpu => new TdxVcpu(vcpu))];
        launch.PrepareVcpus(vm, vcpus);
    }

    /// <inheritdoc/>
    /// <remarks>Nothing: the TD is whole already.</remarks>
    public void PrepareVcpu(Vcpu vcpu)
    {
    }

    /// <inheritdoc/>
    public void Handle(Vcpu vcpu, in VcpuExit exit)
    {
        TdxVcpu td = _vcpus[vcpu.Index];
        if (!TryServe(td, in exit))
        {
            lifecycle.End(TdxFailure.Describe(vcpu, in exit));
        }
    }

    private bool TryServe(TdxVcpu td, in VcpuExit exit)
    {
        if (exit.Kind == VcpuExitKind.ForbiddenMemory)
        {
            return exit.Reason == KvmExitReason.MemoryFault && faults.TryServe(td);
        }

        td.ForgetFaults();
        switch (exit.Kind)
        {
            case VcpuExitKind.Io:
                vmCalls.ServeIo(td);
                return true;
            case VcpuExitKind.Mmio:
                vmCalls.ServeMmio(td);
                return true;
            case VcpuExitKind.ReadMsr or VcpuExitKind.WriteMsr:
                vmCalls.ServeMsr(td, exit.Kind == VcpuExitKind.WriteMsr);
                return true;
            case VcpuExitKind.Tdx:
                vmCalls.ServeTdx(td);
                return true;
            case VcpuExitKind.Hypercall:
                return vmCalls.TryServeHypercall(td);
            case VcpuExitKind.SystemEvent:
                return vmCalls.TryServeSystemEvent(td);
            case VcpuExitKind.EndOfInterrupt:
                ioApic.EndOfInterrupt(td.Vcpu.Kvm.Area.Exit.EoiVector);
                return true;
            default:
                return false;
        }
    }
}
