using Vmm.Core.Interrupts;

namespace Vmm.Core.Testing;

/// <summary>A line that remembers its level and counts its rising edges.</summary>
public sealed class FakeInterruptLine : IInterruptLine
{
    private int _risingEdges;
    private volatile bool _asserted;

    /// <summary>The level.</summary>
    public bool Asserted => _asserted;

    /// <summary>How often it rose.</summary>
    public int RisingEdges => Volatile.Read(ref _risingEdges);

    /// <inheritdoc/>
    public void Drive(bool asserted)
    {
        if (asserted && !_asserted)
        {
            Interlocked.Increment(ref _risingEdges);
        }

        _asserted = asserted;
    }
}
