using System.Text;
using Vmm.Core.Boot.Acpi.Aml;
using Vmm.Core.Interrupts;
using Vmm.Devices.Acpi;

namespace Vmm.Devices.Tests.Acpi;

public sealed class PowerButtonTests
{
    private readonly Lines _lines = new();

    [Fact]
    public void Press_IsAnEdgeOnItsLine()
    {
        PowerButton button = new("power-button", new PowerButtonOptions(), _lines);
        button.Press();
        button.Press();

        Assert.Equal([(9, true), (9, false), (9, true), (9, false)], _lines.Driven);
        Assert.Equal(2, Assert.Single(button.Metrics).Value);
    }

    [Fact]
    public void Describe_NamesTheButtonAndTheEventDeviceThatTellsOfIt()
    {
        AmlBuilder bus = new();
        new PowerButton("power-button", new PowerButtonOptions { Irq = 10 }, _lines).Describe(bus);

        string text = Encoding.Latin1.GetString(bus.Bytes);
        byte[] buttonId = AmlData.EisaId("PNP0C0C").Bytes.ToArray();
        Assert.Contains("PB0A", text, StringComparison.Ordinal);
        Assert.Contains(Encoding.Latin1.GetString(buttonId), text, StringComparison.Ordinal);
        Assert.Contains("ACPI0013", text, StringComparison.Ordinal);
        Assert.Contains("_EVT", text, StringComparison.Ordinal);

        // 6.4.3.6: consumer, edge-triggered, active high; one interrupt, the tenth.
        Assert.Contains(Encoding.Latin1.GetString([0x89, 6, 0, 0x03, 1, 10, 0, 0, 0]), text, StringComparison.Ordinal);
    }

    private sealed class Lines : IInterruptController
    {
        public List<(int Gsi, bool Asserted)> Driven { get; } = [];

        public IInterruptLine GetLine(int gsi) => new Line(this, gsi);

        private sealed class Line(Lines lines, int gsi) : IInterruptLine
        {
            public void Drive(bool asserted) => lines.Driven.Add((gsi, asserted));
        }
    }
}
