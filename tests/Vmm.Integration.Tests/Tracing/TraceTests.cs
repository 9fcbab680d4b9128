using Microsoft.Extensions.DependencyInjection;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Tracing;
using Vmm.Tdx.Tracing.Formatting;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Tracing;

public sealed class TraceTests
{
    [KvmFact]
    public void Trace_RaisedVe_IsALineBetweenTheCalls()
    {
        TdTracer tracer = new();
        TraceRing ring = new();
        using IDisposable subscription = tracer.Subscribe(ring);
        TestProgram program = new();
        program.TdCall(leaf: 1);
        program.@out(0x80, al); // there is no IDT, so the #VE is the guest's end

        using TdRun run = TdRunner.Run(program, TdOptions.Default with
        {
            Configure = services => services.AddSingleton<ITdCallObserver>(tracer).AddSingleton<IVeObserver>(tracer),
        });

        TraceFormatter formatter = new(new GpaWidth(48));
        Assert.True(ring.TryRead(out TraceRecord call));
        Assert.StartsWith("[vcpu0] TDG.VP.INFO() = SUCCESS {gpaw=", formatter.Format(in call), StringComparison.Ordinal);
        Assert.True(ring.TryRead(out TraceRecord ve));
        Assert.StartsWith("[vcpu0] #VE {IO_INSTRUCTION out port=0x80 size=1 length=2} at rip=0x", formatter.Format(in ve), StringComparison.Ordinal);
        Assert.False(ring.TryRead(out _));
    }
}
