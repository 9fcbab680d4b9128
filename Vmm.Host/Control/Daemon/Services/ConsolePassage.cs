using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Passes a console on, both ways: a message is taken from one side when the other has taken the one before.</summary>
internal static class ConsolePassage
{
    // How soon the end of a process is noticed, with room.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    public static async Task PassAsync(
        MachineRegistry machines,
        IAsyncStreamReader<ConsoleInput> input,
        IServerStreamWriter<ConsoleOutput> output,
        ServerCallContext context,
        CancellationToken cancellation)
    {
        if (!await input.MoveNext(cancellation))
        {
            throw new ControlException(ControlReason.BadArgument, "the first message of a console names the machine");
        }

        ConsoleInput first = input.Current;
        ManagedMachine machine = machines[first.Name];
        MachineRun run = await machine.RunAsync(cancellation);
        await machine.PassAsync(run, async () =>
        {
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> console = run.Link.Machines.Console(MachineCalls.Options(context, end.Token));
            await console.RequestStream.WriteAsync(first);
            Task upward = SendAsync(input, console.RequestStream, end.Token);
            try
            {
                await MachineCalls.CopyAsync(console.ResponseStream, output.WriteAsync, cancellation);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal)
            {
                // The process may be gone before it has said goodbye: then the run is over all the same, and with it the call.
                if (await Task.WhenAny(run.Ended, Task.Delay(Farewell, cancellation)) != run.Ended)
                {
                    throw;
                }
            }
            finally
            {
                await end.CancelAsync();
                await upward;
            }

            return true;
        });
    }

    // The way down ends the call, and says how.
    private static async Task SendAsync(IAsyncStreamReader<ConsoleInput> from, IClientStreamWriter<ConsoleInput> to, CancellationToken cancellation)
    {
        try
        {
            await MachineCalls.CopyAsync(from, to.WriteAsync, cancellation);
            await to.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The process or the client is gone.
        }
    }
}
