using Vmm.Core.Interrupts;

namespace Vmm.Core.Tests.Interrupts;

/// <summary>Keeps what an I/O APIC sends; calls come under its gate, one at a time.</summary>
internal sealed class RecordingMessages : IMsiSink, IMsiRouter
{
    public List<MsiMessage> Sent { get; } = [];

    public IReadOnlyList<MsiRoute> Routes { get; private set; } = [];

    public int RouteChanges { get; private set; }

    public bool Accepts { get; set; } = true;

    public Action? OnSignal { get; set; }

    public bool Signal(ulong address, uint data)
    {
        OnSignal?.Invoke();
        Sent.Add(new MsiMessage(address, data));
        return Accepts;
    }

    public void SetMsiRoutes(ReadOnlySpan<MsiRoute> routes)
    {
        Routes = [.. routes];
        RouteChanges++;
    }
}
