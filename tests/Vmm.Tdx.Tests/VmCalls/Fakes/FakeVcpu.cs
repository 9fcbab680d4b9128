using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

internal sealed class FakeVcpu : IVmCallVcpu
{
    public int Index { get; init; }

    public uint ApicId => (uint)Index;

    public bool HasPendingEvent { get; set; }

    public bool? HaltedWithInterruptsBlocked { get; private set; }

    public VmCallCounters VmCalls { get; } = new();

    public void Halt(bool interruptsBlocked) => HaltedWithInterruptsBlocked = interruptsBlocked;
}
