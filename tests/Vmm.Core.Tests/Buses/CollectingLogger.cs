using Microsoft.Extensions.Logging;
using Vmm.Core.Buses;

namespace Vmm.Core.Tests.Buses;

internal sealed class CollectingLogger : ILogger<BusFaults>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));
}
