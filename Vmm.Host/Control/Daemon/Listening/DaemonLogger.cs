using Microsoft.Extensions.Logging;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>
/// The daemon's log: lines on standard error, which systemd puts into its journal with their priorities. Whoever can make it write – strangers can, by
/// being refused – does not fill the disk: beyond a rate lines are counted instead.
/// </summary>
/// <param name="errors">Standard error.</param>
/// <param name="withPriorities">Begin lines with a priority, as sd-daemon(3) says.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class DaemonLogger(TextWriter errors, bool withPriorities, TimeProvider clock) : ILoggerProvider
{
    private const int BurstSize = 200;
    private const double LinesPerSecond = 20;

    private readonly Lock _gate = new();
    private double _allowed = BurstSize;
    private long _last = clock.GetTimestamp();
    private long _left;

    public ILogger CreateLogger(string categoryName) => new Category(this);

    public void Dispose()
    {
    }

    private static int PriorityOf(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private void Write(LogLevel level, string message)
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            _allowed = Math.Min(BurstSize, _allowed + (clock.GetElapsedTime(_last, now).TotalSeconds * LinesPerSecond));
            _last = now;
            if (_allowed < 1)
            {
                _left++;
                return;
            }

            _allowed--;
            if (_left > 0)
            {
                Print(LogLevel.Warning, $"{_left} lines were left out");
                _left = 0;
            }

            Print(level, message);
        }
    }

    private void Print(LogLevel level, string message)
    {
        string line = string.Create(message.Length, message, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
        try
        {
            errors.WriteLine($"{(withPriorities ? $"<{PriorityOf(level)}>" : "")}vmm: {line}");
        }
        catch (IOException)
        {
            // Nobody reads, or the disk is full: the machines matter more.
        }
    }

    private sealed class Category(DaemonLogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception.Message} ({exception.GetType().Name})");
            }
        }
    }
}
