namespace Vmm.Core.Machine;

/// <summary>
/// Notices a guest whose vCPUs have all halted with interrupts disabled. KVM halts them in the kernel without an exit, and nothing in this machine
/// sends an NMI: such a guest sleeps for ever, and the user is better told.
/// </summary>
/// <remarks>Only a guest that does not exit at all between two looks is disturbed, once a look.</remarks>
internal sealed class HaltWatchdog : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<Vcpu> _vcpus;
    private readonly MachineLifecycle _lifecycle;
    private readonly ITimer _timer;
    private long _lastExits = -1;
    private bool _asked;

    internal HaltWatchdog(IReadOnlyList<Vcpu> vcpus, MachineLifecycle lifecycle, TimeProvider time)
    {
        _vcpus = vcpus;
        _lifecycle = lifecycle;
        _timer = time.CreateTimer(_ => Look(), state: null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long exits = _vcpus.Sum(vcpu => vcpu.Exits.Total - vcpu.Exits[VcpuExitKind.Interrupted]);
        bool quiet = exits == _lastExits && _lifecycle.Command == VcpuCommand.Run;
        if (quiet && _asked && _vcpus.All(vcpu => vcpu.IsHaltedForGood))
        {
            _lifecycle.End(new MachineOutcome(
                MachineOutcomeKind.Crash, $"all vCPUs are halted with interrupts disabled (RIP 0x{_vcpus[0].Registers.Rip:x}): the guest cannot go on"));
            return;
        }

        _asked = quiet;
        _lastExits = exits;
        if (quiet)
        {
            foreach (Vcpu vcpu in _vcpus)
            {
                vcpu.InquireHalt();
            }
        }
    }
}
