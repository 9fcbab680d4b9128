using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Serving;

/// <summary>How a run is ended from outside.</summary>
internal static class RunEnding
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    // A run ends in moments, unless a device does not let go of its thread.
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the guest to power off, waits, and then kills the run if told to.</summary>
    internal static async Task StopAsync(MachineRun run, StopRequest request, CancellationToken cancellation)
    {
        TimeSpan timeout = request.Timeout?.ToTimeSpan() ?? DefaultTimeout;
        if (timeout < TimeSpan.Zero)
        {
            throw new ControlException(ControlReason.BadArgument, "the timeout is negative");
        }

        try
        {
            await PowerButton.PressAsync(run, cancellation);
            await run.Ended.WaitAsync(timeout, cancellation);
        }
        catch (Exception e) when (e is TimeoutException or ControlException { Reason: ControlReason.NoPowerButton } && request.Kill)
        {
            await KillAsync(run, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ControlException(ControlReason.DidNotStop, $"the guest did not power off within {timeout.TotalSeconds:0.###} s; it goes on");
        }
    }

    /// <summary>Ends the run at once.</summary>
    internal static async Task KillAsync(MachineRun run, CancellationToken cancellation)
    {
        run.RequestEnd(ExitCode.Killed, "killed by the user");
        try
        {
            await run.Ended.WaitAsync(KillPatience, cancellation);
        }
        catch (TimeoutException)
        {
            Environment.Exit((int)ExitCode.Killed); // something in here is stuck: the process goes, and with it the machine
        }
    }
}
