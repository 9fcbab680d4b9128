namespace Vmm.Core.Machine;

/// <summary>
/// The requests that steer a machine and the outcome that ends it. Devices and personalities hold this, not the machine; vCPUs look at
/// <see cref="Command"/> between two exits.
/// </summary>
public sealed class MachineLifecycle : IMachineControl
{
    private readonly TaskCompletionSource<MachineOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MachineOutcome? _outcome;
    private volatile int _command;

    /// <summary>What the vCPUs are to do.</summary>
    public VcpuCommand Command => (VcpuCommand)_command;

    /// <summary>Completes once, when the machine's end is decided and the vCPUs were told (they may still be on their way out).</summary>
    public Task<MachineOutcome> Ended => _ended.Task;

    /// <summary>Called when <see cref="Command"/> leaves <see cref="VcpuCommand.Run"/>: vCPUs in the guest must be kicked.</summary>
    internal Action? Interrupt { get; set; }

    /// <summary>Ends the machine; the first call wins.</summary>
    public void End(MachineOutcome outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is null)
        {
            _command = (int)VcpuCommand.Stop;
            Interrupt?.Invoke();
            _ended.SetResult(outcome);
        }
    }

    /// <inheritdoc/>
    public void RequestReset(string source) => End(new MachineOutcome(MachineOutcomeKind.Reset, $"the guest asked for a reset ({source})"));

    /// <inheritdoc/>
    public void RequestPowerOff(string source) => End(new MachineOutcome(MachineOutcomeKind.PowerOff, $"the guest powered off ({source})"));

    /// <inheritdoc/>
    public void RequestExit(int code, string source) =>
        End(new MachineOutcome(MachineOutcomeKind.GuestExit, $"the guest ended with exit code {code} ({source})", code));

    /// <summary>Parks or releases the vCPUs; without effect once the machine's end is decided.</summary>
    internal bool TrySwitch(VcpuCommand from, VcpuCommand to)
    {
        bool switched = Interlocked.CompareExchange(ref _command, (int)to, (int)from) == (int)from;
        if (switched && to != VcpuCommand.Run)
        {
            Interrupt?.Invoke();
        }

        return switched;
    }
}
