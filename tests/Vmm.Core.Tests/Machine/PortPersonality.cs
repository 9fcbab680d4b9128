using Iced.Intel;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Core.Tests.Kvm;
using Vmm.Testing;

namespace Vmm.Core.Tests.Machine;

/// <summary>An ordinary guest in real mode whose port accesses the test answers.</summary>
internal sealed class PortPersonality : IPersonality, IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.CreateOrdinary(new MemoryRange(0, 0x1_0000));
    private int _prepared;

    public PortPersonality(Action<Assembler> program) =>
        _memory.Write(TestGuest.Origin, GuestCode.RealMode(TestGuest.Origin, program));

    /// <summary>Serves a port access: vCPU and port.</summary>
    public Action<Vcpu, int>? OnPort { get; set; }

    public Action? OnPrepareVm { get; set; }

    public Action<Vcpu>? OnPrepareVcpu { get; set; }

    public bool StartsAllVcpus => false;

    /// <summary>How many vCPUs were prepared.</summary>
    public int Prepared => Volatile.Read(ref _prepared);

    public void PrepareVm(KvmVm vm)
    {
        OnPrepareVm?.Invoke();
        vm.SetMemory(0, 0, _memory.Size, _memory.Regions[0].PrivateView);
    }

    public void PrepareVcpu(Vcpu vcpu)
    {
        Interlocked.Increment(ref _prepared);
        TestGuest.EnterRealMode(vcpu.Kvm);
        OnPrepareVcpu?.Invoke(vcpu);
    }

    public void Handle(Vcpu vcpu, in VcpuExit exit)
    {
        Assert.Equal(VcpuExitKind.Io, exit.Kind);
        OnPort?.Invoke(vcpu, vcpu.Kvm.Area.Exit.Io.Port);
    }

    public void Dispose() => _memory.Dispose();
}
