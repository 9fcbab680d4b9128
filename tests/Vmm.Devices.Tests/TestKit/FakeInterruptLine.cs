using Vmm.Core.Interrupts;

namespace Vmm.Devices.Tests.TestKit;

internal sealed class FakeInterruptLine : IInterruptLine
{
    private int _risingEdges;
    private volatile bool _asserted;

    public bool Asserted => _asserted;

    public int RisingEdges => Volatile.Read(ref _risingEdges);

    public void Drive(bool asserted)
    {
        if (asserted && !_asserted)
        {
            Interlocked.Increment(ref _risingEdges);
        }

        _asserted = asserted;
    }
}
