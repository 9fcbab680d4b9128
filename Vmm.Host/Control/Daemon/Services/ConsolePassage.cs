using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Passes a console on, both ways: a message is taken from one side when the other has taken the one before.</summary>
internal static class ConsolePassage
{
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
        try
        {
            await machine.PassAsync(run, process => PassAsync(process, first, input, output, context, cancellation), cancellation);
        }
        catch (ControlException e) when (e.Reason == ControlReason.MachineGone && run.Ended.IsCompleted)
        {
            // Killed, above all: the run is over, and with it the call.
        }
    }

    private static async Task<bool> PassAsync(
        Machines.MachinesClient process,
        ConsoleInput first,
        IAsyncStreamReader<ConsoleInput> input,
        IServerStreamWriter<ConsoleOutput> output,
        ServerCallContext context,
        CancellationToken cancellation)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> console = process.Console(MachineCalls.Options(context, end.Token));
        await console.RequestStream.WriteAsync(first, cancellation);
        Task upward = SendAsync(input, console.RequestStream, end.Token);
        try
        {
            await MachineCalls.CopyAsync(console.ResponseStream, output.WriteAsync, cancellation);
        }
        finally
        {
            await end.CancelAsync();
            await upward;
        }

        return true;
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
