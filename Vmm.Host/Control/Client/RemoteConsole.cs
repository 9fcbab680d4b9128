using System.Runtime.InteropServices;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Client;

/// <summary>Makes this process's terminal, or its standard input and output, the console of a machine.</summary>
internal sealed class RemoteConsole
{
    /// <summary>Scroll-back: all that is kept.</summary>
    public const uint Everything = uint.MaxValue;

    private const int BufferSize = 4096;
    private const int Pieces = 16; // pieces typed ahead of the network

    private readonly DetachKeys? _keys;
    private readonly Channel<ConsoleInput> _input = Channel.CreateBounded<ConsoleInput>(new BoundedChannelOptions(Pieces) { SingleReader = true });
    private readonly TaskCompletionSource _detached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RemoteConsole(DetachKeys? keys) => _keys = keys;

    /// <summary>Is the console until the run ends, or the user leaves.</summary>
    /// <param name="client">Where the machine is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="scrollBack">How many bytes of what was printed before to show.</param>
    /// <param name="keys">The keys that leave; they count on a terminal only.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="interrupt">Ends it.</param>
    /// <returns>The exit code of the run; 0 when the user left.</returns>
    public static async Task<int> RunAsync(ControlClient client, string name, uint scrollBack, string keys, TextWriter errors, CancellationToken interrupt)
    {
        DetachKeys detach = DetachKeys.Parse(keys);
        using RawMode? raw = RawMode.TryEnter();
        RemoteConsole console = new(raw is null ? null : detach);
        using AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> call = client.Machines.Console(cancellationToken: interrupt);
        await call.RequestStream.WriteAsync(new ConsoleInput { Name = name, ScrollBack = scrollBack, Size = Size() }, interrupt);
        using PosixSignalRegistration resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => console.SendSize());

        // A blocking read cannot be cancelled: a background thread does not keep the process from ending.
        new Thread(console.ReadAll) { IsBackground = true, Name = "console input" }.Start();
        _ = console.SendAsync(call.RequestStream, interrupt);
        Task printing = PrintAsync(call.ResponseStream, errors, interrupt);
        await Task.WhenAny(printing, console._detached.Task);
        if (!printing.IsCompleted)
        {
            errors.WriteLine(raw is null ? "" : "\nvmm: detached");
            return 0;
        }

        await printing;
        Machine machine = await client.Machines.GetAsync(new GetRequest { Name = name }, cancellationToken: interrupt);
        return machine.Exit?.Code ?? 0;
    }

    private static async Task PrintAsync(IAsyncStreamReader<ConsoleOutput> stream, TextWriter errors, CancellationToken interrupt)
    {
        await foreach (ConsoleOutput output in stream.ReadAllAsync(interrupt))
        {
            if (!ConsoleBytes.Write(output, errors))
            {
                return;
            }
        }
    }

    private static WindowSize? Size() => TerminalCalls.GetWindowSize(TerminalCalls.StandardOutput) is var (columns, rows) ? new WindowSize { Columns = columns, Rows = rows } : null;

    private async Task SendAsync(IClientStreamWriter<ConsoleInput> stream, CancellationToken interrupt)
    {
        try
        {
            await foreach (ConsoleInput input in _input.Reader.ReadAllAsync(interrupt))
            {
                await stream.WriteAsync(input, interrupt);
            }

            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException)
        {
            // The call has ended; the output says so.
        }
    }

    private void SendSize()
    {
        if (Size() is { } size)
        {
            _input.Writer.TryWrite(new ConsoleInput { Size = size });
        }
    }

    private void ReadAll()
    {
        byte[] buffer = new byte[BufferSize];
        List<byte> forGuest = [];
        while (true)
        {
            int count = TerminalCalls.ReadWhenReady(buffer);
            if (count == 0)
            {
                _input.Writer.TryComplete();
                return;
            }

            forGuest.Clear();
            bool leave = false;
            if (_keys is null)
            {
                forGuest.AddRange(buffer.AsSpan(0, count));
            }
            else
            {
                leave = _keys.Filter(buffer.AsSpan(0, count), forGuest);
            }

            if (forGuest.Count > 0 && !TrySend(forGuest))
            {
                return;
            }

            if (leave)
            {
                _detached.TrySetResult();
                return;
            }
        }
    }

    // Waits while the network is slow: nothing that was typed or piped in is lost.
    private bool TrySend(List<byte> data)
    {
        try
        {
            _input.Writer.WriteAsync(new ConsoleInput { Data = ByteString.CopyFrom(CollectionsMarshal.AsSpan(data)) }).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }
}
