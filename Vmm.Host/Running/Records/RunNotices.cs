using System.Globalization;
using Vmm.Host.Control.Events;

namespace Vmm.Host.Running.Records;

/// <summary>Tells those whom the environment names what happens: a daemon of every event, systemd when the guest runs.</summary>
/// <param name="machine">Name of the machine.</param>
/// <param name="daemon">The daemon; null for none.</param>
/// <param name="systemd">systemd; null for none.</param>
internal sealed class RunNotices(string machine, NotifySocket? daemon, NotifySocket? systemd)
{
    private bool _ready;

    /// <summary>Those of the environment: <c>VMM_NOTIFY</c> and <c>NOTIFY_SOCKET</c>.</summary>
    internal static RunNotices FromEnvironment(string machine) =>
        new(machine, NotifySocket.FromEnvironment("VMM_NOTIFY"), NotifySocket.FromEnvironment("NOTIFY_SOCKET"));

    /// <summary>Tells of an event.</summary>
    internal void Tell(Numbered<RunEvent> one)
    {
        // A poke: what happened is in the run folder, and stays there when nobody listens.
        daemon?.Send(string.Create(
            CultureInfo.InvariantCulture,
            $"NAME={machine}\nPID={Environment.ProcessId}\nSEQUENCE={one.Sequence}\nSTATE={one.Event.State.ToString().ToLowerInvariant()}"));
        if (!_ready && one.Event.Kind == RunEventKind.Running)
        {
            _ready = true;
            systemd?.Send("READY=1");
        }
    }
}
