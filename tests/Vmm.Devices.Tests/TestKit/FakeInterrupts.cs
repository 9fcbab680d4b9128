using Vmm.Core.Interrupts;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>Interrupt lines that remember their level and count their rising edges.</summary>
internal sealed class FakeInterrupts : IInterruptController
{
    private readonly FakeInterruptLine[] _lines = [.. Enumerable.Range(0, 24).Select(_ => new FakeInterruptLine())];

    public FakeInterruptLine this[int gsi] => _lines[gsi];

    public IInterruptLine GetLine(int gsi) => _lines[gsi];
}
