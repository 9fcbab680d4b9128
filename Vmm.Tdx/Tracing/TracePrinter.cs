using Vmm.Tdx.Tracing.Formatting;

namespace Vmm.Tdx.Tracing;

/// <summary>Prints the records of a ring, one line each, on a thread of its own.</summary>
public sealed class TracePrinter : IDisposable
{
    // No vCPU wakes the printer: that would cost it a system call. Lines come this late at the most.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    // A reader that does not read must not keep the process from ending for good.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Flushed before the writer's own buffer is full: lines go out whole, and others may write between them.
    private const int LinesPerFlush = 128;

    private readonly TraceRing _ring;
    private readonly TraceFormatter _formatter;
    private readonly TextWriter _output;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ending = new();
    private bool _disposed;
    private int _unflushed;

    /// <summary>Begins to print.</summary>
    /// <param name="ring">Where records come from.</param>
    /// <param name="formatter">Makes lines of them.</param>
    /// <param name="output">Where lines go; not closed.</param>
    public TracePrinter(TraceRing ring, TraceFormatter formatter, TextWriter output)
    {
        _ring = ring;
        _formatter = formatter;
        _output = output;
        _thread = new Thread(Print) { Name = "trace", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why nothing is printed any more, if so: the disk is full, or the reader has gone.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>Prints what is left, and stops.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ending.Set();
            _thread.Join(Patience);
        }
    }

    private void Print()
    {
        try
        {
            bool ending;
            do
            {
                // Asked before the ring is emptied: what was written before the end is printed.
                ending = _ending.Wait(Period);
                Drain();
                Flush();
            }
            while (!ending);
        }
        catch (IOException e)
        {
            Failure = e;
        }
    }

    private void Drain()
    {
        while (_ring.TryRead(out TraceRecord record))
        {
            PrintLost(record.Lost);
            _output.WriteLine(_formatter.Format(in record));
            if (++_unflushed >= LinesPerFlush)
            {
                Flush();
            }
        }

        // Nothing was written after these; whoever writes next takes the count along, so it is told only once.
        PrintLost(_ring.TakeLost());
    }

    private void Flush()
    {
        _unflushed = 0;
        _output.Flush();
    }

    private void PrintLost(long lost)
    {
        if (lost > 0)
        {
            _output.WriteLine($"... {lost} calls lost: they came faster than they could be printed");
        }
    }
}
