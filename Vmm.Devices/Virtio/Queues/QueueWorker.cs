using Vmm.Core.Pci;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>The thread that serves one queue, so that no vCPU waits for a host file or socket.</summary>
internal sealed class QueueWorker : IDisposable
{
    private readonly Doorbell _bell;
    private readonly IQueueWait _wait;
    private readonly Action _serve;
    private readonly Thread _thread;
    private int _woken;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="bell">What wakes it: <see cref="Wake"/>, or the driver where the host's kernel hears it.</param>
    /// <param name="wait">What it waits on, the bell among it.</param>
    /// <param name="serve">What to do when woken; throws nothing.</param>
    public QueueWorker(string name, Doorbell bell, IQueueWait wait, Action serve)
    {
        (_bell, _wait) = (bell, wait);
        _serve = serve;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Wakes the thread; any number of times before it looks is one. Allocates nothing.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            _bell.Ring();
        }
    }

    /// <summary>Stops the thread when what it does now is done; to wake it afterwards does nothing.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        Wake();
        _thread.Join();
    }

    private void Run()
    {
        while (true)
        {
            _wait.Wait();
            if (_stopping)
            {
                return; // woken for good
            }

            Interlocked.Exchange(ref _woken, 0); // before the work: what comes during it wakes again

            _serve();
        }
    }
}
