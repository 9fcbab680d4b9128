using System.IO.Pipelines;
using Vmm.Core.Buses;

namespace Vmm.Host.Consoles;

/// <summary>
/// The console of a machine: what it prints goes to everyone who listens, what anyone types goes to it. It outlives the guest's resets. The terminal of
/// the process is a sink like the log; remote consoles read the history.
/// </summary>
public sealed class ConsoleHub : IConsoleSink
{
    private readonly OutputPipes _pipes;
    private readonly Lock _gate = new();
    private IConsoleSink[] _sinks = [];
    private ConsolePipe? _device;
    private TerminalSize? _size;

    /// <summary>Makes a console that nobody listens to yet.</summary>
    /// <param name="history">Keeps the last output for those who come later; null when nobody can.</param>
    public ConsoleHub(ConsoleHistory? history)
    {
        History = history;
        _pipes = new OutputPipes(this);
        _size = history is null ? null : default(TerminalSize);
    }

    /// <summary>The last output.</summary>
    public ConsoleHistory? History { get; }

    /// <summary>What is typed.</summary>
    public ConsoleInput Input { get; } = new();

    /// <summary>
    /// Size of the window that last told its: 0 by 0, which is a terminal of unknown size, while none has, and null when nobody with a window can come.
    /// </summary>
    public TerminalSize? Size
    {
        get
        {
            lock (_gate)
            {
                return _size;
            }
        }
    }

    /// <summary>A window that shows the console has this size now.</summary>
    public void Resize(TerminalSize size)
    {
        // One at a time: the device hears of the sizes in the order in which they came.
        lock (_gate)
        {
            if (_size != size)
            {
                _size = size;
                _device?.Changed?.Invoke();
            }
        }
    }

    /// <summary>Sends all output there from now on. Called before the guest runs.</summary>
    public void Attach(IConsoleSink sink) => _sinks = [.. _sinks, sink];

    /// <summary>Opens the console for a device.</summary>
    public IDuplexPipe Open()
    {
        lock (_gate)
        {
            return _device = new ConsolePipe(this, Input.Open(), _pipes.Open());
        }
    }

    /// <inheritdoc cref="OutputPipes.Drain"/>
    public void Drain(TimeSpan patience) => _pipes.Drain(patience);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data)
    {
        History?.Write(data); // first: a terminal that is stopped must not keep it from the others
        foreach (IConsoleSink sink in _sinks)
        {
            sink.Write(data);
        }
    }
}
