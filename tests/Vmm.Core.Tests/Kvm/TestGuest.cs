using Iced.Intel;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Boot.LongMode;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Testing;

namespace Vmm.Core.Tests.Kvm;

/// <summary>A VM with one vCPU, some memory and a small program: as little as KVM needs to run.</summary>
internal sealed class TestGuest : IDisposable
{
    /// <summary>Where programs lie; the stack grows down from here.</summary>
    public const ulong Origin = 0x1000;

    /// <summary>Memory from address 0.</summary>
    public const ulong MemorySize = 0x10_0000;

    private readonly KvmSystem _system;

    /// <summary>Builds the VM; the vCPU follows in <see cref="StartReal"/> or <see cref="StartLong"/>.</summary>
    public TestGuest(IKvmSyscalls? syscalls = null)
    {
        _system = KvmSystem.Open(syscalls);
        Vm = _system.CreateVm();
        Memory = GuestMemory.CreateOrdinary(new MemoryRange(0, MemorySize));
        Vm.SetMemory(0, 0, MemorySize, Memory.Regions[0].PrivateView);
    }

    public KvmVm Vm { get; }

    public GuestMemory Memory { get; }

    public KvmVcpu Vcpu { get; private set; } = null!;

    /// <summary>Real mode, all segments at 0.</summary>
    public TestGuest StartReal(Action<Assembler> program)
    {
        Memory.Write(Origin, GuestCode.RealMode(Origin, program));
        Vcpu = Vm.CreateVcpu(0);
        Vcpu.SetCpuid(_system.GetSupportedCpuid());
        EnterRealMode(Vcpu);
        return this;
    }

    /// <summary>64-bit mode, identity-mapped.</summary>
    public TestGuest StartLong(Action<Assembler> program)
    {
        Memory.Write(Origin, GuestCode.LongMode(Origin, program));
        ProcessorTables.Write(Memory);
        Vcpu = Vm.CreateVcpu(0);
        Vcpu.SetCpuid(_system.GetSupportedCpuid());
        EnterLongMode(Vcpu);
        return this;
    }

    /// <summary>Gives a vCPU the state in which real-mode programs start.</summary>
    public static void EnterRealMode(KvmVcpu vcpu)
    {
        vcpu.GetSregs(out KvmSregs sregs);
        sregs.Cs.Base = 0;
        sregs.Cs.Selector = 0;
        vcpu.SetSregs(ref sregs);
        vcpu.Registers = new KvmRegs { Rip = Origin, Rsp = Origin, Rflags = 2 };
        vcpu.MarkRegistersDirty();
    }

    /// <summary>Runs to the next exit.</summary>
    public VcpuExit Run() => VcpuExit.From(Vcpu, Vcpu.Run());

    /// <summary>Runs to the next port access.</summary>
    /// <returns>The port.</returns>
    public int RunToPort()
    {
        VcpuExit exit = Run();
        Assert.Equal(new VcpuExit(VcpuExitKind.Io, KvmExitReason.Io, 0), exit);
        return Vcpu.Area.Exit.Io.Port;
    }

    public void Dispose()
    {
        Vcpu?.Dispose();
        Vm.Dispose();
        Memory.Dispose();
        _system.Dispose();
    }

    private static void EnterLongMode(KvmVcpu vcpu)
    {
        ProcessorState state = ProcessorTables.Enter(Origin);
        vcpu.GetSregs(out KvmSregs sregs);
        sregs.Cs = Segment(state.Code);
        sregs.Ds = sregs.Es = sregs.Fs = sregs.Gs = sregs.Ss = Segment(state.Data);
        sregs.Tr = Segment(state.Task);
        sregs.Gdt = new KvmDtable { Base = state.GdtBase, Limit = state.GdtLimit };
        sregs.Idt = default;
        sregs.Cr0 = state.Cr0;
        sregs.Cr3 = state.Cr3;
        sregs.Cr4 = state.Cr4;
        sregs.Efer = state.Efer;
        vcpu.SetSregs(ref sregs);
        vcpu.Registers = new KvmRegs { Rip = state.Rip, Rsp = Origin, Rflags = state.Rflags };
        vcpu.MarkRegistersDirty();
    }

    private static KvmSegment Segment(SegmentState state) => new()
    {
        Limit = SegmentState.Limit,
        Selector = state.Selector,
        Type = state.Type,
        Present = 1,
        S = state.IsSystem ? (byte)0 : (byte)1,
        L = state.IsLong ? (byte)1 : (byte)0,
        Db = state.IsDefault32 ? (byte)1 : (byte)0,
        G = 1,
    };
}
