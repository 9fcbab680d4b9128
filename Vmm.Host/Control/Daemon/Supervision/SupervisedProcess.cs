namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>A process whose end is watched for: a child of this one or, after a restart of the daemon, of an earlier daemon.</summary>
internal sealed class SupervisedProcess
{
    private readonly TaskCompletionSource<ProcessEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _descriptor;

    internal SupervisedProcess(ProcessIdentity identity, int descriptor)
    {
        Identity = identity;
        _descriptor = descriptor;
    }

    /// <summary>Which process.</summary>
    public ProcessIdentity Identity { get; }

    /// <summary>How it ended, once it has.</summary>
    public Task<ProcessEnd> Ended => _ended.Task;

    /// <summary>A process that ended before anybody here watched.</summary>
    public static SupervisedProcess Gone(ProcessIdentity identity)
    {
        SupervisedProcess gone = new(identity, descriptor: -1);
        gone._ended.SetResult(ProcessEnd.Unknown);
        return gone;
    }

    internal int Descriptor => _descriptor;

    /// <summary>Sends a signal; does nothing to a process that has ended.</summary>
    public void Signal(int signal)
    {
        lock (_gate)
        {
            if (_descriptor >= 0)
            {
                ProcessCalls.SendSignal(_descriptor, signal);
            }
        }
    }

    /// <summary>Takes the end from the kernel.</summary>
    internal void Reap()
    {
        // Of another's child there is nothing to take.
        bool isChild = ProcessCalls.waitid(ProcessCalls.P_PIDFD, _descriptor, out ProcessCalls.SignalInfo info, ProcessCalls.WEXITED) == 0;
        lock (_gate)
        {
            _ = ProcessCalls.close(_descriptor);
            _descriptor = -1;
        }

        _ended.SetResult(!isChild ? ProcessEnd.Unknown
            : info.Code == ProcessCalls.CLD_EXITED ? new ProcessEnd(info.Status, Signal: null)
            : new ProcessEnd(Code: null, info.Status));
    }
}
