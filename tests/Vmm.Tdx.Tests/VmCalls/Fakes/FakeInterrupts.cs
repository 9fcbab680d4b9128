using Vmm.Core.Interrupts;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

internal sealed class FakeInterrupts : IMsiSink
{
    private readonly Lock _gate = new();

    public int Count { get; private set; }

    public (ulong Address, uint Data) Last { get; private set; }

    public List<ulong>? Addresses { get; init; }

    public bool Signal(ulong address, uint data)
    {
        lock (_gate)
        {
            Count++;
            Last = (address, data);
            Addresses?.Add(address);
        }

        return true;
    }
}
