using System.Diagnostics;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Tdx.Module.Traps;

namespace Vmm.Benchmarks.Exits;

/// <summary>
/// Lets the machine serve a slice of exits with all it has, then the C loop the next slice: on the same vCPU, thread and guest, so that whatever
/// else the host does meets both alike.
/// </summary>
/// <param name="served">The personality that is measured.</param>
/// <param name="loop">What it is measured against.</param>
/// <param name="syscalls">Knows the vCPU's descriptor.</param>
/// <param name="lifecycle">Ended when there are enough slices.</param>
internal sealed class PairedSlices(IPersonality served, CExitLoop loop, CapturingSyscalls syscalls, MachineLifecycle lifecycle) : IPersonality
{
    public const int ExitsPerSlice = 64;
    public const int Pairs = 601;

    // Enough for the runtime to have compiled the path a second time.
    private const int WarmUpPairs = 200;

    // Replayed exits: enough to time them to a nanosecond.
    private const int ReplaysPerSlice = 100_000;
    private const int ReplaySlices = 21;

    private int _exits;
    private int _replaySlice = -1;
    private int _pairs = -WarmUpPairs;
    private long _start;
    private long _allocatedBefore;

    /// <summary>Ticks of each pair: the machine's, the C loop's.</summary>
    public (long Machine, long C)[] Ticks { get; } = new (long, long)[Pairs];

    /// <summary>Nanoseconds that user space takes for an exit, by slice of replayed exits.</summary>
    public double[] UserSpaceNanoseconds { get; } = new double[ReplaySlices];

    /// <summary>Bytes that the machine's slices allocated.</summary>
    public long Allocated { get; private set; }

    public bool StartsAllVcpus => served.StartsAllVcpus;

    public void PrepareVm(KvmVm vm) => served.PrepareVm(vm);

    public void PrepareVcpu(Vcpu vcpu) => served.PrepareVcpu(vcpu);

    public void Handle(Vcpu vcpu, in VcpuExit exit)
    {
        served.Handle(vcpu, in exit);
        if (++_exits == (_replaySlice < 0 ? ExitsPerSlice : ReplaysPerSlice))
        {
            EndSlice(vcpu);
            _exits = 0;
            _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            _start = Stopwatch.GetTimestamp();
        }
    }

    private void EndSlice(Vcpu vcpu)
    {
        if (_pairs < Pairs)
        {
            EndPair(vcpu);
        }
        else if (_replaySlice < 0)
        {
            syscalls.ReplayNextExit();
            _replaySlice = 0;
        }
        else if (_replaySlice < ReplaySlices)
        {
            UserSpaceNanoseconds[_replaySlice++] = Stopwatch.GetElapsedTime(_start).TotalNanoseconds / ReplaysPerSlice;
        }
        else
        {
            lifecycle.End(new MachineOutcome(MachineOutcomeKind.Stopped, "measured"));
        }
    }

    private void EndPair(Vcpu vcpu)
    {
        long middle = Stopwatch.GetTimestamp();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
        int done = loop.Serve(syscalls.Vcpu, vcpu.Kvm, ExitsPerSlice, TdCallTrap.Port, vcpu.Registers.Rip);
        long end = Stopwatch.GetTimestamp();

        // A slice that a signal cut short is no pair; the exit that ended it is served next.
        if (done == ExitsPerSlice)
        {
            if (_pairs >= 0 && _pairs < Pairs)
            {
                Ticks[_pairs] = (middle - _start, end - middle);
                Allocated += allocated;
            }

            _pairs++;
        }
    }
}
