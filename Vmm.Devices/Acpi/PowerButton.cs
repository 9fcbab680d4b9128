using System.Globalization;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Machine;

namespace Vmm.Devices.Acpi;

/// <summary>
/// A power button as a hardware-reduced ACPI platform has it: a control-method power button (ACPI 6.5, 4.8.2.2.1.2), and a generic event device (5.6.9)
/// whose interrupt tells of it. It has no registers.
/// </summary>
[Device("power-button", Summary = "ACPI power button")]
public sealed class PowerButton : Device, IPowerButton, IAcpiContributor, IDeviceMetrics
{
    private const ulong Pressed = 0x80; // table 5.166: the button was pressed while the system was working

    private readonly IInterruptLine _line;
    private readonly uint _gsi;
    private long _presses;

    /// <summary>Wires the button.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">The interrupt.</param>
    /// <param name="interrupts">Where the line comes from.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such interrupt.</exception>
    public PowerButton(string name, PowerButtonOptions options, IInterruptController interrupts)
        : base(name)
    {
        _line = interrupts.GetLine(options.Irq);
        _gsi = (uint)options.Irq;
    }

    /// <inheritdoc/>
    public IEnumerable<DeviceMetric> Metrics => [new("presses", Volatile.Read(ref _presses))];

    /// <inheritdoc/>
    public void Press()
    {
        lock (Gate)
        {
            _presses++;
            _line.Drive(true); // an edge
            _line.Drive(false);
        }
    }

    /// <inheritdoc/>
    public void Describe(AmlBuilder systemBus)
    {
        string suffix = _gsi.ToString("X2", CultureInfo.InvariantCulture);
        string button = $"PB{suffix}";
        systemBus.Device(button, device => device
            .Name("_HID", AmlData.EisaId("PNP0C0C"))
            .Name("_UID", AmlData.Integer(_gsi)));
        systemBus.Device($"GE{suffix}", device => device
            .Name("_HID", AmlData.Text("ACPI0013"))
            .Name("_UID", AmlData.Integer(_gsi))
            .Name("_CRS", new ResourceTemplate().Interrupt(_gsi, InterruptTrigger.Edge))
            .Method("_EVT", arguments: 1, method => method.Notify($@"\_SB_.{button}", Pressed)));
    }
}
