using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Passes calls on to the process of a machine.</summary>
internal static class MachineCalls
{
    // How soon the end of a process is noticed, with room.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>The current run of a machine whose guest runs or is paused.</summary>
    /// <exception cref="ControlException">It has none.</exception>
    public static async Task<MachineRun> RunAsync(this ManagedMachine machine, CancellationToken cancellation)
    {
        if (machine.CurrentRun is { } run && await run.Running.WaitAsync(cancellation))
        {
            return run;
        }

        throw new ControlException(ControlReason.WrongState, $"machine \"{machine.Name}\" does not run");
    }

    /// <summary>Makes a call with one answer.</summary>
    /// <exception cref="ControlException">The process is gone.</exception>
    /// <exception cref="RpcException">The process refuses.</exception>
    public static async Task<T> CallAsync<T>(
        this ManagedMachine machine, ServerCallContext context, Func<Machines.MachinesClient, CallOptions, AsyncUnaryCall<T>> call)
    {
        MachineRun run = await machine.RunAsync(context.CancellationToken);
        return await machine.PassAsync(run, process => call(process, Options(context, context.CancellationToken)).ResponseAsync, context.CancellationToken);
    }

    /// <summary>Makes a call with a stream of answers, and passes them on as they come and are taken.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public static async Task StreamAsync<T>(
        this ManagedMachine machine,
        ServerCallContext context,
        IServerStreamWriter<T> answers,
        Func<Machines.MachinesClient, CallOptions, AsyncServerStreamingCall<T>> call,
        CancellationToken cancellation)
        where T : class
    {
        MachineRun run = await machine.RunAsync(cancellation);
        await machine.PassAsync(
            run,
            async process =>
            {
                using AsyncServerStreamingCall<T> stream = call(process, Options(context, cancellation));
                await CopyAsync(stream.ResponseStream, answers.WriteAsync, cancellation);
                return true;
            },
            cancellation);
    }

    /// <summary>Passes messages on, one at a time.</summary>
    public static async Task CopyAsync<T>(IAsyncStreamReader<T> from, Func<T, Task> to, CancellationToken cancellation)
    {
        while (await from.MoveNext(cancellation))
        {
            await to(from.Current);
        }
    }

    /// <summary>Deadline and cancellation of a call, for a call that it makes.</summary>
    public static CallOptions Options(ServerCallContext context, CancellationToken cancellation) =>
        new(headers: null, context.Deadline < DateTime.MaxValue ? context.Deadline : null, cancellation);

    /// <summary>
    /// Makes errors of calls to a process into errors of the call that they are for. A process that is on its way out has as long as its end takes to be
    /// noticed: whoever catches <see cref="ControlReason.MachineGone"/> finds a run that has ended, unless the process lives and does not answer.
    /// </summary>
    public static async Task<T> PassAsync<T>(this ManagedMachine machine, MachineRun run, Func<Machines.MachinesClient, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await run.Link.CallAsync(call);
        }
        catch (RpcException e) when (e.Reason() is { } reason)
        {
            throw new ControlException(reason, e.Status.Detail);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal || run.Process.Ended.IsCompleted)
        {
            throw await Task.WhenAny(run.Ended, Task.Delay(Farewell, cancellation)) == run.Ended
                ? new ControlException(ControlReason.MachineGone, $"the process of machine \"{machine.Name}\" has just ended")
                : new ControlException(ControlReason.MachineGone, $"the process of machine \"{machine.Name}\" does not answer: {e.Status.Detail}");
        }
        catch (RpcException e)
        {
            throw new RpcException(new Status(e.StatusCode, e.Status.Detail));
        }
    }
}
