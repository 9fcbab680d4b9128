using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Passes on what a machine printed: its process says it while there is one, and its files afterwards.</summary>
internal static class LogPassage
{
    // How soon the end of a process is noticed, with room.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    public static async Task PassAsync(
        ManagedMachine machine, LogsRequest request, IServerStreamWriter<ConsoleOutput> output, ServerCallContext context, CancellationToken cancellation)
    {
        if (machine.CurrentRun is not { Ended: var ended })
        {
            await KeptOutput.SendAsync(machine.RunFolder, request, output, cancellation);
            return;
        }

        bool begun = false;
        try
        {
            MachineRun run = await machine.RunAsync(cancellation);
            await machine.PassAsync(run, async () =>
            {
                using AsyncServerStreamingCall<ConsoleOutput> logs = run.Link.Machines.Logs(request, MachineCalls.Options(context, cancellation));
                await MachineCalls.CopyAsync(
                    logs.ResponseStream,
                    part =>
                    {
                        begun = true;
                        return output.WriteAsync(part);
                    },
                    cancellation);
                return true;
            });
        }
        catch (ControlException e) when (!begun && e.Reason is (ControlReason.MachineGone or ControlReason.WrongState))
        {
            // Its end has been told of already, and its process is on the way out: all that it printed is in its files.
            if (await Task.WhenAny(ended, Task.Delay(Farewell, cancellation)) != ended)
            {
                throw;
            }

            await KeptOutput.SendAsync(machine.RunFolder, request, output, cancellation);
        }
    }
}
