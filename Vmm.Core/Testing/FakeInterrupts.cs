using Vmm.Core.Interrupts;

namespace Vmm.Core.Testing;

/// <summary>Interrupt lines that remember what was done to them.</summary>
public sealed class FakeInterrupts : IInterruptController
{
    private readonly FakeInterruptLine[] _lines = [.. Enumerable.Range(0, IoApic.PinCount).Select(_ => new FakeInterruptLine())];
    private readonly SortedSet<int> _taken = [];

    /// <summary>The numbers of the lines that devices asked for.</summary>
    public IReadOnlyCollection<int> Taken => _taken;

    /// <summary>A line.</summary>
    public FakeInterruptLine this[int gsi] => _lines[gsi];

    /// <inheritdoc/>
    public IInterruptLine GetLine(int gsi)
    {
        if (gsi is < 0 or >= IoApic.PinCount)
        {
            throw new ArgumentOutOfRangeException(nameof(gsi), $"there is no interrupt {gsi}: the I/O APIC has {IoApic.PinCount}");
        }

        _taken.Add(gsi);
        return _lines[gsi];
    }
}
