using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Stops a machine: the guest is asked, and killed if it does not listen and the request says so.</summary>
internal static class MachineStop
{
    public static async Task<Api.Machine> StopAsync(ManagedMachine machine, StopRequest request, ServerCallContext context)
    {
        if (machine.WantEnd() is not { } run)
        {
            return machine.Describe();
        }

        try
        {
            await AskAsync(machine, run, request, context);
        }
        catch (ControlException e) when (e.Reason is ControlReason.MachineGone or ControlReason.WrongState)
        {
            // It may have ended of itself just now; if not, it does not listen.
            if (!run.Process.Ended.IsCompleted)
            {
                await KillOrGiveUpAsync(machine, request, context, e);
            }
        }
        catch (ControlException e) when (e.Reason is ControlReason.DidNotStop or ControlReason.NoPowerButton)
        {
            await KillOrGiveUpAsync(machine, request, context, e);
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            machine.UnwantEnd();
            throw;
        }

        await run.Ended.WaitAsync(context.CancellationToken);
        return machine.Describe();
    }

    private static async Task AskAsync(ManagedMachine machine, MachineRun run, StopRequest request, ServerCallContext context)
    {
        StopRequest ask = request.Clone();
        ask.Kill = false;
        ask.RequestId = "";
        await machine.CallAsync(context, (process, options) => process.StopAsync(ask, options));
    }

    private static async Task KillOrGiveUpAsync(ManagedMachine machine, StopRequest request, ServerCallContext context, ControlException why)
    {
        if (!request.Kill)
        {
            machine.UnwantEnd();
            throw why;
        }

        await machine.KillAsync(context.CancellationToken);
    }
}
