using System.IO.Pipelines;
using System.Text;

namespace Vmm.Host.Terminal;

/// <summary>The console of the process: standard input, in raw mode when a person types, and the two outputs. It outlives a guest's resets.</summary>
public sealed class HostConsole : IDisposable
{
    private readonly RawMode? _raw;
    private readonly Action _quit;
    private readonly Lazy<HostInput> _input;
    private readonly HostOutput _output;
    private readonly HostOutput _errors;

    /// <summary>Takes the console over; input is not read before a device asks for it.</summary>
    /// <param name="quit">Called when the user ends the machine from the keyboard.</param>
    public HostConsole(Action quit)
    {
        _quit = quit;
        _raw = RawMode.TryEnter();
        _input = new Lazy<HostInput>(() => new HostInput(_raw is null ? null : new EscapeKeys(), Obey));
        _output = new HostOutput(TerminalCalls.StandardOutput, Say);
        _errors = new HostOutput(TerminalCalls.StandardError, _ => { });
    }

    /// <summary>Opens standard input and output for a device.</summary>
    public IDuplexPipe Open() => new DuplexPipe(_input.Value.Open(), _output.Open());

    /// <summary>Opens standard error for a device that only prints.</summary>
    public IDuplexPipe OpenErrors() => new DuplexPipe(PipeReader.Create(Stream.Null), _errors.Open());

    /// <summary>Prints one line for the user.</summary>
    public void Say(string line) => _errors.Write(Encoding.UTF8.GetBytes($"vmm: {line.ReplaceLineEndings(" ")}\n"));

    /// <summary>Waits until what devices wrote, and completed, is out.</summary>
    /// <param name="patience">How long a reader that does not read can hold the process up.</param>
    public void Drain(TimeSpan patience)
    {
        _output.Drain(patience);
        _errors.Drain(patience);
    }

    /// <inheritdoc/>
    public void Dispose() => _raw?.Dispose();

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
