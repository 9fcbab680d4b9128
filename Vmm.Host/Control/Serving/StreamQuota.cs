using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Serving;

/// <summary>Bounds how many streams there are at once.</summary>
/// <param name="most">How many.</param>
internal sealed class StreamQuota(int most)
{
    private int _open;

    /// <summary>Opens one; dispose of it at its end.</summary>
    /// <exception cref="ControlException">There are too many.</exception>
    internal IDisposable Enter()
    {
        if (Interlocked.Increment(ref _open) > most)
        {
            Interlocked.Decrement(ref _open);
            throw new ControlException(ControlReason.TooManyStreams, $"{most} streams of this machine are open, which is all there may be; close some");
        }

        return new Place(this);
    }

    private sealed class Place(StreamQuota quota) : IDisposable
    {
        private StreamQuota? _quota = quota;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _quota, null) is { } left)
            {
                Interlocked.Decrement(ref left._open);
            }
        }
    }
}
