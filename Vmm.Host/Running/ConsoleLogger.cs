using Microsoft.Extensions.Logging;
using Vmm.Host.Terminal;

namespace Vmm.Host.Running;

/// <summary>What parts of the machine have to report, as lines on standard error. Whoever logs limits the rate.</summary>
/// <typeparam name="T">Who logs.</typeparam>
/// <param name="console">Where the lines go.</param>
internal sealed class ConsoleLogger<T>(HostConsole console) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            string reason = exception is null ? "" : $": {exception.Message}";
            console.Say($"{formatter(state, exception)}{reason}");
        }
    }
}
