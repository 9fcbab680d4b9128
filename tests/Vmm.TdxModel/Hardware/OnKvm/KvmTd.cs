using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Exits;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Module.Traps;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>
/// Executes a TD's own code, on this machine's KVM with the software TDX module: what a VMM has built by the model begins at the reset vector, and
/// each TDVMCALL that the guest makes leaves TDH.VP.ENTER.
/// </summary>
public sealed class KvmTd : ITdHardware
{
    private readonly KvmSystem _kvm = KvmSystem.Open();
    private readonly KvmVm _vm;
    private ServiceProvider? _services;
    private IServiceScope? _scope;
    private VirtualMachine? _machine;
    private PrivateSlots? _personality;
    private SharedSlots? _shared;
    private SecureEpt? _pages;
    private MemoryAccessFinder? _finder;
    private ReflectedVmCall? _vmCalls;
    private FaultingPageAccept? _accepts;
    private MachineLifecycle? _lifecycle;
    private EmulatedTd? _td;

    /// <summary>Opens KVM.</summary>
    public KvmTd() => _vm = _kvm.CreateVm();

    /// <inheritdoc/>
    public void Start(TdImage td)
    {
        _services = TdPlatform.Create(td, _vm);
        _scope = _services.CreateScope();
        GuestMemory memory = Get<GuestMemory>();
        (_pages, _finder, _vmCalls, _accepts) = (Get<SecureEpt>(), Get<MemoryAccessFinder>(), Get<ReflectedVmCall>(), Get<FaultingPageAccept>());
        (_lifecycle, _td) = (Get<MachineLifecycle>(), Get<EmulatedTd>());
        _personality = new PrivateSlots(_td, memory);
        _machine = new VirtualMachine(_vm, td.InitialRcx.Count, _lifecycle, _personality);
        _shared = new SharedSlots(_vm, memory.Regions.Count, td.Memory, td.SharedBit);
        Fill(td, memory);
        foreach (Vcpu vcpu in _machine.Vcpus)
        {
            _personality.PrepareVcpu(vcpu);
            vcpu.Registers = ResetState.Registers(vcpu.Index, td.GpaWidth, td.InitialRcx[vcpu.Index]);
            vcpu.Kvm.MarkRegistersDirty();
        }
    }

    /// <summary>Private memory, which no VMM sees: for tests that look into their guest.</summary>
    public ReadOnlySpan<byte> PrivateBytes(ulong gpa, int length) => Get<GuestMemory>().GetSpan(gpa, length);

    /// <inheritdoc/>
    public TdExit Enter(int vcpu, ref VpEnterArgs args)
    {
        Vcpu inner = _machine!.Vcpus[vcpu];
        if (_vmCalls!.TryReturn(vcpu, in args, ref inner.Registers))
        {
            inner.Kvm.MarkRegistersDirty();
        }

        while (true)
        {
            VcpuExit exit = VcpuExit.From(inner.Kvm, inner.Kvm.Run());
            if (exit.Kind == VcpuExitKind.Interrupted)
            {
                return new TdExit(TdExitKind.Interrupted);
            }

            if (FindViolation(inner, in exit) is { } violation)
            {
                return violation;
            }

            KvmRegs before = inner.Registers;
            _personality!.Handle(inner, in exit);
            if (_vmCalls.TryTake(vcpu, in inner.Registers, out args))
            {
                return new TdExit(TdExitKind.VmCall);
            }

            if (_accepts!.TryTake(vcpu, out ulong gpa))
            {
                MakeCallAgain(inner.Kvm, in before);
                return new TdExit(TdExitKind.EptViolation, gpa, IsPrivate: true);
            }

            if (_lifecycle!.Ended.IsCompleted)
            {
                // What the software module ends a TD for, KVM ends it for: a triple fault, or a page that was not accepted.
                return new TdExit(exit.Kind == VcpuExitKind.TripleFault ? TdExitKind.TripleFault : TdExitKind.PendingPage);
            }
        }
    }

    /// <inheritdoc/>
    public void Convert(ulong gpa, ulong size, bool isPrivate)
    {
        _pages!.Convert(gpa, size, shared: !isPrivate);
        _shared!.Convert(gpa, size, isPrivate);
    }

    /// <inheritdoc/>
    public bool TryReadMsr(int vcpu, uint index, out ulong value) => _machine!.Vcpus[vcpu].Kvm.TryGetMsr(index, out value);

    /// <inheritdoc/>
    public bool TryWriteMsr(int vcpu, uint index, ulong value) => _machine!.Vcpus[vcpu].Kvm.TrySetMsr(index, value);

    /// <inheritdoc/>
    public void Halt(int vcpu, bool interruptsBlocked) => _td!.Vcpus.Single(one => one.Index == vcpu).Halt(interruptsBlocked);

    /// <inheritdoc/>
    public uint MpState(int vcpu) => (uint)_machine!.Vcpus[vcpu].Kvm.GetMpState();

    /// <inheritdoc/>
    public void SetMpState(int vcpu, uint state) => _machine!.Vcpus[vcpu].Kvm.SetMpState((KvmMpState)state);

    /// <inheritdoc/>
    /// <remarks>Interrupts are in KVM's local APIC, which does not tell.</remarks>
    public bool HasEvents(int vcpu) => false;

    /// <inheritdoc/>
    public bool SignalMsi(ulong address, uint data) => _vm.Signal(address, data);

    /// <inheritdoc/>
    public void SignalNmi(int vcpu) => _machine!.Vcpus[vcpu].Kvm.InjectNmi();

    /// <inheritdoc/>
    public void SetSignalMask(int vcpu, ulong blocked) => _machine!.Vcpus[vcpu].Kvm.SetSignalMask(blocked);

    /// <inheritdoc/>
    public void Dispose()
    {
        _machine?.Dispose();
        _scope?.Dispose();
        _services?.Dispose();
        _vm.Dispose();
        _kvm.Dispose();
    }

    // RIP stands behind the TDCALL; KVM may still owe a step over what stands in for it.
    private static void MakeCallAgain(KvmVcpu kvm, in KvmRegs before)
    {
        ulong next = kvm.Registers.Rip;
        kvm.CompletePendingExit();
        kvm.Registers = before;
        kvm.Registers.Rip = next - (ulong)TdCallInstruction.Length;
        kvm.MarkRegistersDirty();
    }

    private T Get<T>()
        where T : notnull => _scope!.ServiceProvider.GetRequiredService<T>();

    // All memory is private and waits to be accepted, but for the pages that were added; those hold what the VMM gave.
    private void Fill(TdImage td, GuestMemory memory)
    {
        foreach (MemoryRegion region in memory.Regions)
        {
            memory.SetAccess(region.Range.Gpa, region.Range.Size, PageAccess.None, discard: true);
            for (ulong gpa = region.Range.Gpa; gpa < region.Range.End; gpa += GuestMemory.PageSize)
            {
                if (!td.IsPrivate(gpa))
                {
                    Convert(gpa, GuestMemory.PageSize, isPrivate: false);
                }
            }
        }

        foreach (AddedPage page in td.Pages)
        {
            memory.SetAccess(page.Gpa, GuestMemory.PageSize, PageAccess.Private, discard: false);
            memory.Write(page.Gpa, page.Content);
        }

        TdCallTrap trap = Get<TdCallTrap>();
        foreach (MemoryRange run in Runs(td.Pages))
        {
            trap.Install(run);
        }
    }

    private static IEnumerable<MemoryRange> Runs(IReadOnlyList<AddedPage> pages)
    {
        MemoryRange? open = null;
        foreach (ulong gpa in pages.Select(page => page.Gpa).Order())
        {
            if (open is { } run && gpa == run.End)
            {
                open = new MemoryRange(run.Gpa, run.Size + GuestMemory.PageSize);
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = new MemoryRange(gpa, GuestMemory.PageSize);
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    // An access through the wrong half of the addresses; the instruction is to run again once the page has changed sides.
    private TdExit? FindViolation(Vcpu vcpu, in VcpuExit exit)
    {
        if (exit.Kind is not (VcpuExitKind.Mmio or VcpuExitKind.ForbiddenMemory))
        {
            return null;
        }

        vcpu.Kvm.GetSregs(out KvmSregs sregs);
        ulong? address = exit.Kind == VcpuExitKind.Mmio ? vcpu.Kvm.Area.Exit.Mmio.PhysicalAddress : _finder!.FindForbidden(in vcpu.Registers, in sregs)?.Gpa;
        ulong sharedBit = Get<GuestMemory>().SharedBit;
        if (address is not { } gpa)
        {
            return null;
        }

        bool isPrivate = (gpa & sharedBit) == 0;
        PageState state = _pages!.GetState(gpa & ~sharedBit);
        bool isOtherSide = isPrivate ? state == PageState.Shared : state is PageState.Private or PageState.Pending;
        if (!isOtherSide || (exit.Kind == VcpuExitKind.Mmio && !_finder!.TryRewindMmio(vcpu.Kvm, in sregs, out _)))
        {
            return null;
        }

        return new TdExit(TdExitKind.EptViolation, gpa & ~sharedBit, isPrivate);
    }
}
