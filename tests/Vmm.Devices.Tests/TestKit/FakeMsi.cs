using System.Collections.Concurrent;
using Vmm.Core.Interrupts;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>Remembers messages, up to a bound.</summary>
internal sealed class FakeMsi : IMsiSink
{
    private const int Kept = 256;
    private readonly ConcurrentQueue<MsiMessage> _messages = new();
    private int _count;

    public IReadOnlyList<MsiMessage> Messages => [.. _messages];

    public int Count => Volatile.Read(ref _count);

    public bool Signal(ulong address, uint data)
    {
        if (Interlocked.Increment(ref _count) <= Kept)
        {
            _messages.Enqueue(new MsiMessage(address, data));
        }

        return true;
    }
}
