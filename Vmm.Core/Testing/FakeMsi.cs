using Vmm.Core.Interrupts;

namespace Vmm.Core.Testing;

/// <summary>Takes message-signalled interrupts and keeps the last ones.</summary>
public sealed class FakeMsi : IMsiSink, IMsiRouter, IMsiLines
{
    private const int Kept = 256;

    private readonly MsiMessage[] _last = new MsiMessage[Kept];
    private int _count;

    /// <summary>How many came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The last ones, at most 256, oldest first.</summary>
    public IReadOnlyList<MsiMessage> Messages
    {
        get
        {
            lock (_last)
            {
                int kept = Math.Min(_count, Kept);
                return [.. Enumerable.Range(_count - kept, kept).Select(i => _last[i % Kept])];
            }
        }
    }

    /// <inheritdoc/>
    public bool Signal(ulong address, uint data)
    {
        lock (_last)
        {
            _last[_count % Kept] = new MsiMessage(address, data);
            _count++;
            return true;
        }
    }

    /// <inheritdoc/>
    public IMsiLine Create() => new MsiSinkLine(this);

    /// <inheritdoc/>
    public void SetMsiRoutes(ReadOnlySpan<MsiRoute> routes)
    {
        // The bench has no APIC that would report the end of an interrupt.
    }
}
