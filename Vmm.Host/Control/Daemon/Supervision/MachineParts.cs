using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Daemon.Store;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>What all machines of a daemon share.</summary>
/// <param name="Journal">Takes events.</param>
/// <param name="Launcher">Starts processes.</param>
/// <param name="Watcher">Sees their end.</param>
/// <param name="Runtime">Sockets.</param>
/// <param name="Clock">Tells the time.</param>
/// <param name="Logger">Is told what happens.</param>
internal sealed record MachineParts(EventJournal Journal, Launcher Launcher, ProcessWatcher Watcher, RuntimeFolder Runtime, TimeProvider Clock, ILogger<ManagedMachine> Logger)
{
    /// <summary>The daemon ends: what is started from now on is started by the next.</summary>
    public bool IsEnding { get; set; }
}
