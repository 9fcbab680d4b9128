using Vmm.Host.Consoles;

namespace Vmm.Host.Terminal;

/// <summary>Standard input, on its way to the guest. The end of the input is no end of the guest.</summary>
public sealed class HostInput
{
    private readonly ConsoleInput _guest;
    private readonly EscapeKeys? _keys;
    private readonly Action<ConsoleCommand> _commands;
    private readonly bool _isOnlyInput;

    /// <summary>Starts reading.</summary>
    /// <param name="guest">Where the guest reads.</param>
    /// <param name="keys">Takes the console's own keys out, when a person types.</param>
    /// <param name="commands">Told what those keys ask for; called on the reading thread.</param>
    /// <param name="isOnlyInput">Whether the end of this input is the end of all input.</param>
    public HostInput(ConsoleInput guest, EscapeKeys? keys, Action<ConsoleCommand> commands, bool isOnlyInput)
    {
        _guest = guest;
        _keys = keys;
        _commands = commands;
        _isOnlyInput = isOnlyInput;

        // A blocking read cannot be cancelled: a background thread does not keep the process from ending.
        new Thread(ReadAll) { IsBackground = true, Name = "console input" }.Start();
    }

    private void ReadAll()
    {
        byte[] buffer = new byte[ConsoleInput.ChunkSize];
        while (true)
        {
            int count = TerminalCalls.ReadWhenReady(buffer);
            if (count == 0)
            {
                break;
            }

            Pass(buffer.AsMemory(0, count));
        }

        if (_isOnlyInput)
        {
            _guest.Complete();
        }
    }

    private void Pass(Memory<byte> data)
    {
        if (_keys is null)
        {
            _guest.WriteAsync(data, CancellationToken.None).AsTask().Wait();
        }
        else
        {
            // Keys that the guest does not read are dropped: waiting would make the console deaf to its own.
            _guest.TryWrite(Filter(_keys, data.Span));
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
