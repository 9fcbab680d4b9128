using Iced.Intel;
using Vmm.Core.Machine;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>#VE while VE_INFO is still valid, and #VE without anybody to take it.</summary>
public sealed class NestedExceptionTests
{
    private const byte DoubleFault = 8;
    private const byte Virtualization = 20;

    private readonly TestProgram _p = new();

    [KvmFact]
    public void Ve_BeforeVeInfoGet_IsDoubleFaultWithErrorCodeZero()
    {
        Label onVe = _p.CreateLabel();
        Label onDoubleFault = _p.CreateLabel();
        Label second = _p.CreateLabel();
        _p.SetGate(Virtualization, onVe);
        _p.SetGate(DoubleFault, onDoubleFault);
        _p.LoadIdt();
        _p.mov(edx, Recorder.Port);
        _p.@in(al, dx);
        _p.Exit(code: 1);

        _p.Label(ref onVe);
        _p.mov(rsp, _p.StackTop);
        _p.Label(ref second);
        _p.@in(al, dx);
        _p.Exit(code: 2);

        _p.Label(ref onDoubleFault);
        _p.pop(rax);
        _p.pop(rbx);
        ulong errorCode = _p.Store(rax);
        ulong rip = _p.Store(rbx);
        _p.TdCall(leaf: 3);
        ulong reason = _p.Store(rcx);
        ulong qualification = _p.Store(rdx);
        _p.Exit();
        ulong start = _p.AddressOf(second);

        using TdRun run = TdRunner.Run(_p).Succeeded();
        Assert.Equal(0UL, run.Quadword(errorCode));
        Assert.Equal(run.Quadword(start), run.Quadword(rip));

        // VE_INFO is still that of the first one.
        Assert.Equal((30UL, 8UL | ((ulong)Recorder.Port << 16)), (run.Quadword(reason), run.Quadword(qualification)));
    }

    [KvmFact]
    public void Ve_WithoutIdt_IsTripleFault()
    {
        _p.mov(edx, Recorder.Port);
        _p.@in(al, dx);
        using TdRun run = TdRunner.Run(_p);
        Assert.Equal(MachineOutcomeKind.Crash, run.Outcome.Kind);
        Assert.StartsWith("triple fault on vCPU 0", run.Outcome.Message, StringComparison.Ordinal);
    }
}
