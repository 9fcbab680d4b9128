using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Machine;
using Vmm.Host.Composition;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Serving;

/// <summary>How a run is ended from outside.</summary>
internal static class RunEnding
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    // What timers take.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    // A run ends in moments, unless a device does not let go of its thread.
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the guest to power off, waits, and then kills the run if told to.</summary>
    internal static async Task StopAsync(MachineRun run, StopRequest request, CancellationToken cancellation)
    {
        TimeSpan timeout = request.Timeout?.ToTimeSpan() ?? DefaultTimeout;
        if (timeout < TimeSpan.Zero || timeout > LongestTimeout)
        {
            throw new ControlException(ControlReason.BadArgument, $"the timeout is not between 0 and {LongestTimeout.TotalDays:0} days");
        }

        try
        {
            await PressAsync(run, cancellation);
            await run.Ended.WaitAsync(timeout, cancellation);
        }
        catch (Exception e) when (request.Kill && (e is TimeoutException or ControlException))
        {
            await KillAsync(run, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ControlException(ControlReason.DidNotStop, $"the guest did not power off within {timeout.TotalSeconds:0.###} s; it goes on");
        }
    }

    private static async Task PressAsync(MachineRun run, CancellationToken cancellation)
    {
        if (run.State == RunState.Paused)
        {
            throw new ControlException(ControlReason.WrongState, "a paused guest sees no power button; resume it first, or kill it");
        }

        await run.UseAsync(
            services =>
            {
                IPowerButton[] buttons = [.. services.GetRequiredService<MachineDevices>().All.OfType<IPowerButton>()];
                if (buttons.Length == 0)
                {
                    throw new ControlException(ControlReason.NoPowerButton, "this machine has no device with a power button; kill it, or end it from inside");
                }

                Array.ForEach(buttons, button => button.Press());
            },
            cancellation);
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
