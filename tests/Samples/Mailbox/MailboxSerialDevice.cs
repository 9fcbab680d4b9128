using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Devices.Serial;

namespace Mailbox;

/// <summary>
/// The mailbox behind a serial port, which every kernel has a driver for: the guest sends <c>?KEY</c> and gets <c>=VALUE</c>, or <c>!</c> if there is none.
/// </summary>
/// <remarks>A device made of a built-in one: a UART whose stream ends at the mailbox and not at the host's terminal.</remarks>
[Device("mailbox-serial", Summary = "Key-value mailbox from the host to the guest, behind a serial port")]
public sealed class MailboxSerialDevice : Device, IPortDevice, IAcpiContributor, IDeviceMetrics, IAsyncDisposable
{
    private readonly Uart16550 _uart;
    private readonly MailboxLine _line;
    private readonly MailboxValues _values;
    private readonly ITimer _refresh;

    /// <summary>Opens the mailbox.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Ports, interrupt and values.</param>
    /// <param name="interrupts">Where the interrupt line comes from.</param>
    /// <param name="time">Clock of the UART, and of the looks at the file.</param>
    public MailboxSerialDevice(string name, MailboxSerialOptions options, IInterruptController interrupts, TimeProvider time)
        : base(name)
    {
        _values = new MailboxValues(options.Entries, options.File);
        _line = new MailboxLine(_values);
        _uart = new Uart16550(name, new Uart16550Options { Port = options.Port, Irq = options.Irq }, interrupts, _line, time);
        _refresh = time.CreateTimer(static values => ((MailboxValues)values!).Refresh(), _values, MailboxValues.RefreshInterval, MailboxValues.RefreshInterval);
    }

    /// <inheritdoc/>
    public IReadOnlyList<PortRange> Ports => _uart.Ports;

    /// <inheritdoc/>
    public IEnumerable<DeviceMetric> Metrics => _values.Metrics;

    /// <inheritdoc/>
    public void Describe(AmlBuilder systemBus) => _uart.Describe(systemBus);

    /// <inheritdoc/>
    public void ReadPort(int range, int offset, Span<byte> data)
    {
        // The UART's own tasks take its gate, and not ours.
        lock (_uart.Gate)
        {
            _uart.ReadPort(range, offset, data);
        }
    }

    /// <inheritdoc/>
    public void WritePort(int range, int offset, ReadOnlySpan<byte> data)
    {
        lock (_uart.Gate)
        {
            _uart.WritePort(range, offset, data);
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_uart.Gate)
        {
            _uart.Reset();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _refresh.DisposeAsync().ConfigureAwait(false);
        await _uart.DisposeAsync().ConfigureAwait(false);
        await _line.DisposeAsync().ConfigureAwait(false);
    }
}
