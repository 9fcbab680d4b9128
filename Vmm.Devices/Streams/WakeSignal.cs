using System.Threading.Tasks.Sources;

namespace Vmm.Devices.Streams;

/// <summary>Wakes one task from a vCPU thread. Setting it allocates nothing, which a semaphore's release does.</summary>
/// <remarks>One waiter; signals that nobody has waited for yet count as one.</remarks>
internal sealed class WakeSignal : IThreadPoolWorkItem, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private int _set;

    /// <summary>Wakes the waiter, on another thread.</summary>
    public void Set()
    {
        if (Volatile.Read(ref _set) == 0 && Interlocked.Exchange(ref _set, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Completes when the signal is set, and takes it back.</summary>
    public ValueTask WaitAsync() => new(this, _core.Version);

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        _core.Reset();
        Volatile.Write(ref _set, 0);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
