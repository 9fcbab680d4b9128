using System.Buffers;
using System.IO.Pipelines;

namespace Vmm.Host.Terminal;

/// <summary>Standard input as a pipe. What the guest has not read when it resets, its next life reads. The end of the input is no end of the guest.</summary>
public sealed class HostInput
{
    private const int BufferSize = 4096;

    private readonly Pipe _pipe = new();
    private readonly EscapeKeys? _keys;
    private readonly Action<ConsoleCommand> _commands;
    private Task _lastFlush = Task.CompletedTask;

    /// <summary>Starts reading.</summary>
    /// <param name="keys">Takes the console's own keys out, when a person types.</param>
    /// <param name="commands">Told what those keys ask for; called on the reading thread.</param>
    public HostInput(EscapeKeys? keys, Action<ConsoleCommand> commands)
    {
        _keys = keys;
        _commands = commands;

        // A blocking read cannot be cancelled: a background thread does not keep the process from ending.
        new Thread(ReadAll) { IsBackground = true, Name = "console input" }.Start();
    }

    /// <summary>The device's end. Completing it leaves the input to whoever opens it next.</summary>
    public PipeReader Open() => new KeptReader(_pipe.Reader);

    private void ReadAll()
    {
        byte[] buffer = new byte[BufferSize];
        while (true)
        {
            int count = TerminalCalls.ReadWhenReady(buffer);
            if (count == 0)
            {
                _pipe.Writer.Complete();
                return;
            }

            Pass(buffer.AsSpan(0, count));
        }
    }

    private void Pass(Span<byte> data)
    {
        if (_keys is not null)
        {
            data = Filter(_keys, data);
            if (!_lastFlush.IsCompleted)
            {
                // The guest does not read. Keys are dropped: waiting would make the console deaf to its own.
                return;
            }
        }

        _pipe.Writer.Write(data);
        _lastFlush = _pipe.Writer.FlushAsync().AsTask();
        if (_keys is null)
        {
            _lastFlush.Wait();
        }
    }

    private Span<byte> Filter(EscapeKeys keys, Span<byte> typed)
    {
        int kept = 0;
        foreach (byte key in typed)
        {
            ConsoleCommand command = keys.Handle(key, out bool forGuest);
            if (forGuest)
            {
                typed[kept++] = key;
            }

            if (command != ConsoleCommand.None)
            {
                _commands(command);
            }
        }

        return typed[..kept];
    }
}
