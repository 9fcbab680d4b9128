using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Passes on what a machine printed: its process says it while there is one, and its files afterwards.</summary>
internal static class LogPassage
{
    public static async Task PassAsync(
        ManagedMachine machine, LogsRequest request, IServerStreamWriter<ConsoleOutput> output, ServerCallContext context, CancellationToken cancellation)
    {
        if (machine.CurrentRun is not { } run || !await run.Running.WaitAsync(cancellation))
        {
            await KeptOutput.SendAsync(machine.RunFolder, request, output, cancellation);
            return;
        }

        bool begun = false;
        try
        {
            await machine.PassAsync(
                run,
                async process =>
                {
                    using AsyncServerStreamingCall<ConsoleOutput> logs = process.Logs(request, MachineCalls.Options(context, cancellation));
                    await MachineCalls.CopyAsync(
                        logs.ResponseStream,
                        part =>
                        {
                            begun = true;
                            return output.WriteAsync(part);
                        },
                        cancellation);
                    return true;
                },
                cancellation);
        }
        catch (ControlException e) when (!begun && e.Reason == ControlReason.MachineGone && run.Ended.IsCompleted)
        {
            // Its process was on the way out: all that it printed is in its files.
            await KeptOutput.SendAsync(machine.RunFolder, request, output, cancellation);
        }
    }
}
