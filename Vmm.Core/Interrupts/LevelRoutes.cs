namespace Vmm.Core.Interrupts;

/// <summary>
/// The routes of level-triggered pins. KVM reports the end of an interrupt to a user-space I/O APIC only for messages that are in its routing
/// table; a guest without level-triggered interrupts costs no route.
/// </summary>
internal sealed class LevelRoutes(IMsiRouter router)
{
    private readonly List<MsiRoute> _wanted = new(IoApic.PinCount);
    private MsiRoute[] _installed = [];

    /// <summary>Brings the table in line with the pins.</summary>
    public void Update(ReadOnlySpan<IoApicPin> pins)
    {
        _wanted.Clear();
        for (int i = 0; i < pins.Length; i++)
        {
            // A pin that is masked while its interrupt is in service (a threaded handler does so) still needs the end of it.
            RedirectionEntry entry = pins[i].Entry;
            if (entry.IsLevel && (!entry.IsMasked || entry.RemoteIrr))
            {
                _wanted.Add(new MsiRoute(i, entry.Message));
            }
        }

        if (!_wanted.SequenceEqual(_installed))
        {
            MsiRoute[] routes = [.. _wanted];
            router.SetMsiRoutes(routes);
            _installed = routes;
        }
    }
}
