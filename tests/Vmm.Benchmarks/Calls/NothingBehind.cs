using Vmm.Core.Interrupts;
using Vmm.Tdx.VmCalls;

namespace Vmm.Benchmarks.Calls;

/// <summary>What handlers reach for beyond the buses, doing nothing: their own cost remains.</summary>
internal sealed class NothingBehind : IVmCallVcpu, IPageConverter, IVcpuKicker, IMsrAccess, IFatalErrorSink, IMsiSink
{
    public int Index => 0;

    public uint ApicId => 0;

    public VmCallCounters VmCalls { get; } = new();

    public bool HasPendingEvent => false;

    public void Halt(bool interruptsBlocked)
    {
    }

    public MapGpaOutcome Convert(ulong gpa, ulong size, bool shared) => MapGpaOutcome.Converted;

    public void Kick(uint apicId)
    {
    }

    public bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value)
    {
        value = 0;
        return true;
    }

    public bool TryWrite(IVmCallVcpu vcpu, uint index, ulong value) => true;

    public void Report(FatalError error)
    {
    }

    public bool Signal(ulong address, uint data) => true;
}
