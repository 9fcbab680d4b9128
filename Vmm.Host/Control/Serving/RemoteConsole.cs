using Grpc.Core;
using Vmm.Core.Buses;
using Vmm.Host.Consoles;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Serving;

/// <summary>A console over the API: what is printed goes out, what is typed comes in, until the run or the client is over.</summary>
/// <param name="machine">The machine.</param>
/// <param name="output">Where it goes.</param>
/// <param name="call">The call.</param>
internal sealed class RemoteConsole(ControlledRun machine, IServerStreamWriter<ConsoleOutput> output, ServerCallContext call)
{
    /// <summary>Serves it.</summary>
    internal async Task ServeAsync(Api.ConsoleInput first, IAsyncStreamReader<Api.ConsoleInput> input)
    {
        ConsoleHistory history = machine.Console.History!;
        long position = Math.Max(history.Start, history.End - first.ScrollBack);
        await call.WriteResponseHeadersAsync([]); // the client may know that it is connected, before anything is printed

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        Task typing = TypeAsync(first, input, over.Token);
        Task printing = new ConsoleStream(output.WriteAsync).SendAsync(history, position, over.Token);

        // A client that types no more may go on reading; one whose input failed is gone.
        Task ended = await Task.WhenAny(typing, printing);
        if (ended == typing && typing.IsCompletedSuccessfully)
        {
            await printing;
        }

        await over.CancelAsync();
        await ended;
        await Task.WhenAll(typing, printing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // A client without a window has no size, or none by none.
    private void Resize(WindowSize? size)
    {
        if (size is { Columns: > 0, Rows: > 0 })
        {
            machine.Console.Resize(new TerminalSize((ushort)Math.Min(size.Columns, ushort.MaxValue), (ushort)Math.Min(size.Rows, ushort.MaxValue)));
        }
    }

    private async Task TypeAsync(Api.ConsoleInput first, IAsyncStreamReader<Api.ConsoleInput> input, CancellationToken cancellation)
    {
        Resize(first.Size);
        await machine.Console.Input.WriteAsync(first.Data.Memory, cancellation);
        while (await input.MoveNext(cancellation))
        {
            if (input.Current.Name.Length > 0)
            {
                throw new ControlException(ControlReason.BadArgument, "only the first message of a console names the machine");
            }

            Resize(input.Current.Size);
            await machine.Console.Input.WriteAsync(input.Current.Data.Memory, cancellation);
        }
    }
}
