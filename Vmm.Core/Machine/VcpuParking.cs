namespace Vmm.Core.Machine;

/// <summary>Where vCPU threads stand while the machine is paused, and where the one who paused it waits for them.</summary>
internal sealed class VcpuParking
{
    private readonly object _monitor = new();
    private int _present;
    private int _parked;

    /// <summary>Counts a vCPU thread, before it starts.</summary>
    internal void Enter() => Change(ref _present, 1);

    /// <summary>The thread ends.</summary>
    internal void Leave() => Change(ref _present, -1);

    /// <summary>The vCPU stands still: it will run nothing of the guest before <see cref="Unpark"/>.</summary>
    internal void Park() => Change(ref _parked, 1);

    /// <summary>Called by a vCPU that was told not to run.</summary>
    /// <returns>True when it may run again, false when it is to stop.</returns>
    internal bool WaitWhilePaused(MachineLifecycle lifecycle)
    {
        Park();
        return Unpark(lifecycle);
    }

    /// <summary>Ends <see cref="Park"/>, as soon as the machine is not paused.</summary>
    /// <returns>True when the vCPU may run, false when it is to stop.</returns>
    internal bool Unpark(MachineLifecycle lifecycle)
    {
        lock (_monitor)
        {
            while (lifecycle.Command == VcpuCommand.Pause)
            {
                Monitor.Wait(_monitor);
            }

            _parked--;
            return lifecycle.Command == VcpuCommand.Run;
        }
    }

    /// <summary>Wakes parked vCPUs to look at the command again.</summary>
    internal void Release()
    {
        lock (_monitor)
        {
            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Waits until every vCPU is parked or gone, or the machine is no longer to pause.</summary>
    /// <returns>False on time-out.</returns>
    internal bool WaitUntilAllParked(MachineLifecycle lifecycle, TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_monitor)
        {
            while (_parked < _present && lifecycle.Command == VcpuCommand.Pause)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_monitor, (int)left);
            }

            return true;
        }
    }

    private void Change(ref int count, int by)
    {
        lock (_monitor)
        {
            count += by;
            Monitor.PulseAll(_monitor);
        }
    }
}
