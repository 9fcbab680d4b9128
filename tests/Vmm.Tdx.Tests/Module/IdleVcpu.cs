using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.Module;

/// <summary>A vCPU that nothing waits for.</summary>
internal sealed class IdleVcpu(int index) : IVmCallVcpu
{
    public int Index => index;

    public uint ApicId => (uint)index;

    public bool HasPendingEvent => false;

    public VmCallCounters VmCalls { get; } = new();

    public void Halt(bool interruptsBlocked)
    {
    }
}
