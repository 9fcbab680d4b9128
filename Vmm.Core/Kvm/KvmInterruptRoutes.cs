using Vmm.Core.Interop;
using Vmm.Core.Interrupts;

namespace Vmm.Core.Kvm;

/// <summary>
/// The interrupt routing table of a VM (KVM_SET_GSI_ROUTING): at its start the level-triggered pins of the I/O APIC, behind them lines for messages, each
/// with an eventfd that raises it (KVM_IRQFD).
/// </summary>
/// <remarks>
/// KVM takes the table only as a whole and waits for all vCPUs to let go of the old one, some ten microseconds to milliseconds: for messages that a
/// guest sets up once. Where the host has no irqfd, or no more of them, a line sends its message by KVM_SIGNAL_MSI.
/// </remarks>
/// <param name="vm">The VM; outlives this.</param>
public sealed class KvmInterruptRoutes(KvmVm vm) : IMsiLines, IMsiRouter, IDisposable
{
    private const int FirstLine = IoApic.PinCount; // KVM looks for the ends of interrupts among the pins' numbers only

    private readonly Lock _lock = new();
    private readonly List<EventFd> _events = [];
    private readonly List<MsiRoute> _lines = [];
    private readonly int _capacity = vm.CheckExtension(KvmCap.Irqfd) == 0 ? 0 : vm.CheckExtension(KvmCap.IrqRouting) - FirstLine;
    private MsiRoute[] _pins = [];

    /// <inheritdoc/>
    public IMsiLine Create()
    {
        lock (_lock)
        {
            int gsi = FirstLine + _events.Count;
            if (_events.Count >= _capacity || EventFd.TryCreate() is not { } line)
            {
                return new MsiSinkLine(vm);
            }

            if (!vm.TryConnectInterrupt(line.Descriptor, gsi))
            {
                line.Dispose();
                return new MsiSinkLine(vm);
            }

            _events.Add(line);
            return new KvmMsiLine(this, line, gsi);
        }
    }

    /// <inheritdoc/>
    public void SetMsiRoutes(ReadOnlySpan<MsiRoute> routes)
    {
        lock (_lock)
        {
            _pins = routes.ToArray();
            vm.SetMsiRoutes([.. _pins, .. _lines]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _events.ForEach(line => line.Dispose()); // which is the end of its irqfd, too

    /// <summary>Routes a line. A message that KVM refuses, because it has bits that no x2APIC id has, leaves it without a route.</summary>
    internal void Set(int gsi, MsiMessage message)
    {
        lock (_lock)
        {
            _lines.RemoveAll(route => route.Gsi == gsi);
            _lines.Add(new MsiRoute(gsi, message));
            if (!vm.TrySetMsiRoutes([.. _pins, .. _lines]))
            {
                _lines.RemoveAt(_lines.Count - 1);
                vm.SetMsiRoutes([.. _pins, .. _lines]);
            }
        }
    }
}
