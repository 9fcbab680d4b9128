using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text;
using Vmm.Core.Buses;
using Vmm.Host.Consoles;

namespace Vmm.Host.Terminal;

/// <summary>
/// The terminal of the process, one of those who use the machine's console: standard input, in raw mode when a person types, and the two outputs.
/// </summary>
public sealed class HostConsole : IDisposable
{
    private readonly ConsoleHub _hub;
    private readonly RawMode? _raw;
    private readonly Action _quit;
    private readonly Lazy<HostInput>? _input;
    private readonly HostOutput _errors;
    private readonly OutputPipes _errorPipes;
    private readonly PosixSignalRegistration? _resized;

    /// <summary>Takes the terminal over; input is not read before a device asks for it.</summary>
    /// <param name="hub">The machine's console.</param>
    /// <param name="use">Whether the terminal is a console of the machine.</param>
    /// <param name="quit">Called when the user ends the machine from the keyboard.</param>
    public HostConsole(ConsoleHub hub, TerminalUse use, Action quit)
    {
        _hub = hub;
        _quit = quit;
        _errors = new HostOutput(TerminalCalls.StandardError, _ => { });
        _errorPipes = new OutputPipes(_errors);
        if (use != TerminalUse.MessagesOnly)
        {
            _raw = RawMode.TryEnter();
            _input = new Lazy<HostInput>(() => new HostInput(hub.Input, _raw is null ? null : new EscapeKeys(), Obey, use == TerminalUse.OnlyConsole));
            hub.Attach(new HostOutput(TerminalCalls.StandardOutput, Say));
        }

        if (_raw is not null)
        {
            _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => TellSize());
            TellSize();
        }
    }

    /// <summary>Opens the machine's console for a device.</summary>
    public IDuplexPipe Open()
    {
        _ = _input?.Value;
        return _hub.Open();
    }

    /// <summary>Opens standard error for a device that only prints.</summary>
    public IDuplexPipe OpenErrors() => new DuplexPipe(PipeReader.Create(Stream.Null), _errorPipes.Open());

    /// <summary>Prints one line for the user.</summary>
    public void Say(string line) => _errors.Write(Encoding.UTF8.GetBytes($"vmm: {line.ReplaceLineEndings(" ")}\n"));

    /// <summary>Waits until what devices wrote, and completed, is out.</summary>
    /// <param name="patience">How long a reader that does not read can hold the process up.</param>
    public void Drain(TimeSpan patience)
    {
        _hub.Drain(patience);
        _errorPipes.Drain(patience);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _resized?.Dispose();
        _raw?.Dispose();
    }

    private void TellSize()
    {
        if (TerminalCalls.GetWindowSize(TerminalCalls.StandardOutput) is { Columns: > 0 } size)
        {
            _hub.Resize(new TerminalSize((ushort)size.Columns, (ushort)size.Rows));
        }
    }

    private void Obey(ConsoleCommand command)
    {
        if (command == ConsoleCommand.Quit)
        {
            _quit();
        }
        else
        {
            Say(EscapeKeys.Help);
        }
    }
}
