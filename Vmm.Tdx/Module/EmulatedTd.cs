using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Exits;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Module.Traps;

namespace Vmm.Tdx.Module;

/// <summary>The personality of an emulated TD: what its exits mean to the software TDX module.</summary>
public sealed class EmulatedTd : IPersonality
{
    private readonly EmulatedTdSetup _setup;
    private readonly TdxModule _module;
    private readonly TdCallTrap _trap;
    private readonly TdPortAccess _ports;
    private readonly TdMemoryAccess _memory;
    private readonly TdMsrAccess _msrs;
    private readonly ExceptionInjector _exceptions;
    private readonly IoApic _ioApic;
    private readonly MachineLifecycle _lifecycle;
    private readonly ITdCallObserver? _observer;
    private readonly EmulatedVcpu?[] _vcpus;

    /// <summary>Brings the parts together.</summary>
    /// <param name="setup">How VM and vCPUs begin.</param>
    /// <param name="module">The leaves of TDCALL.</param>
    /// <param name="trap">How TDCALL is told from other OUT.</param>
    /// <param name="ports">Port accesses.</param>
    /// <param name="memory">Memory accesses.</param>
    /// <param name="msrs">MSR accesses.</param>
    /// <param name="exceptions">Raises exceptions.</param>
    /// <param name="ioApic">Is told of ends of interrupts.</param>
    /// <param name="lifecycle">Ends the machine.</param>
    /// <param name="observer">Sees every TDCALL; null costs nothing.</param>
    public EmulatedTd(
        EmulatedTdSetup setup,
        TdxModule module,
        TdCallTrap trap,
        TdPortAccess ports,
        TdMemoryAccess memory,
        TdMsrAccess msrs,
        ExceptionInjector exceptions,
        IoApic ioApic,
        MachineLifecycle lifecycle,
        ITdCallObserver? observer = null)
    {
        _setup = setup;
        _module = module;
        _trap = trap;
        _ports = ports;
        _memory = memory;
        _msrs = msrs;
        _exceptions = exceptions;
        _ioApic = ioApic;
        _lifecycle = lifecycle;
        _observer = observer;
        _vcpus = new EmulatedVcpu?[setup.VcpuCount];
    }

    /// <summary>The vCPUs that have run.</summary>
    public IEnumerable<EmulatedVcpu> Vcpus => _vcpus.OfType<EmulatedVcpu>();

    /// <inheritdoc/>
    public bool StartsAllVcpus => false;

    /// <inheritdoc/>
    public void PrepareVm(KvmVm vm) => _setup.PrepareVm(vm);

    /// <inheritdoc/>
    public void PrepareVcpu(Vcpu vcpu)
    {
        _vcpus[vcpu.Index] = new EmulatedVcpu(vcpu, _trap);
        _setup.PrepareVcpu(vcpu);
    }

    /// <inheritdoc/>
    public void Handle(Vcpu vcpu, in VcpuExit exit)
    {
        EmulatedVcpu td = _vcpus[vcpu.Index]!;
        switch (exit.Kind)
        {
            case VcpuExitKind.Io when vcpu.Kvm.Area.Exit.Io.Port == TdCallTrap.Port && td.Sites.TryRecognise(vcpu.Kvm, out ulong next):
                ServeTdCall(td, next);
                break;
            case VcpuExitKind.Io:
                _ports.Serve(td);
                break;
            case VcpuExitKind.Mmio:
                _memory.ServeMmio(td);
                break;
            case VcpuExitKind.ForbiddenMemory:
                _memory.ServeForbidden(td);
                break;
            case VcpuExitKind.ReadMsr or VcpuExitKind.WriteMsr:
                _msrs.Serve(td, exit.Kind == VcpuExitKind.WriteMsr);
                break;
            case VcpuExitKind.EndOfInterrupt:
                _ioApic.EndOfInterrupt(vcpu.Kvm.Area.Exit.EoiVector);
                break;
            // A host that emulates only says that it cannot, where the guest has jumped to a page that is not its own.
            case VcpuExitKind.Failed when exit is { Reason: KvmExitReason.InternalError, Errno: 0 } && _memory.TryServeFetch(td):
                break;
            default:
                _lifecycle.End(ExitFailure.Describe(vcpu, in exit));
                break;
        }
    }

    private void ServeTdCall(EmulatedVcpu td, ulong next)
    {
        KvmVcpu kvm = td.Vcpu.Kvm;
        TdCallResult result = _observer is null
            ? _module.Call(td.Td, ref kvm.Registers)
            : _observer.Observe(_module, td.Td, ref kvm.Registers);
        if (result.Violation is { } violation)
        {
            SettleViolation(td, in violation, next);
            return;
        }

        kvm.Registers.Rip = next;
        kvm.MarkRegistersDirty();
    }

    // The operand's page is private, but not the guest's yet. Hardware raises #VE where the guest may have that; else the VMM must help, and cannot.
    private void SettleViolation(EmulatedVcpu td, in SeptViolation violation, ulong next)
    {
        if (violation.State != PageState.Pending || _setup.Td.PendingVeDisabled)
        {
            _lifecycle.End(IsolationViolation.Describe(td.Index, in violation, "TDCALL operand", next - (ulong)TdCallInstruction.Length));
            return;
        }

        KvmVcpu kvm = td.Vcpu.Kvm;
        ulong site = next - (ulong)TdCallInstruction.Length;
        bool completionPending = kvm.Registers.Rip == site;
        kvm.Registers.Rip = site;
        kvm.MarkRegistersDirty();
        kvm.GetSregs(out KvmSregs sregs);
        EptQualification access = violation.Access == GuestAccess.Write ? EptQualification.DataWrite : EptQualification.DataRead;
        var info = new VeInfo(VmxExitReason.EptViolation, (ulong)access, GuestPhysicalAddress: violation.Gpa);
        _exceptions.RaiseVe(kvm, td.Td, in sregs, in info, completionPending);
    }
}
