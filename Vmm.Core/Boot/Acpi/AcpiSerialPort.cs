using Vmm.Core.Boot.Acpi.Aml;

namespace Vmm.Core.Boot.Acpi;

/// <summary>A 16550A-compatible serial port at its ports (PNP0501).</summary>
/// <param name="Number">1 for COM1, up to 9.</param>
/// <param name="Port">First of its eight ports.</param>
/// <param name="Gsi">Its global system interrupt: edge-triggered, active high.</param>
public sealed record AcpiSerialPort(int Number, ushort Port, uint Gsi) : IAcpiContributor
{
    private const byte PortCount = 8;

    /// <summary>COM1 of a PC.</summary>
    public static AcpiSerialPort Com1 { get; } = new(1, 0x3F8, 4);

    /// <inheritdoc/>
    public void Describe(AmlBuilder systemBus)
    {
        ArgumentNullException.ThrowIfNull(systemBus);
        systemBus.Device($"COM{Number}", device => device
            .Name("_HID", AmlData.EisaId("PNP0501"))
            .Name("_UID", AmlData.Integer((ulong)Number))
            .Name("_CRS", new ResourceTemplate().Io(Port, PortCount).Interrupt(Gsi, InterruptTrigger.Edge)));
    }
}
