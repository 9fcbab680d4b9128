using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Sees the end of processes, whoever's children they are: one thread waits for all of them.</summary>
internal sealed class ProcessWatcher : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<SupervisedProcess> _watched = [];
    private readonly AnonymousPipeServerStream _wake = new(PipeDirection.Out);
    private readonly AnonymousPipeClientStream _woken;
    private readonly Thread _thread;
    private bool _ending;

    public ProcessWatcher()
    {
        _woken = new AnonymousPipeClientStream(PipeDirection.In, _wake.ClientSafePipeHandle);

        // The first write makes what all later ones share. Two threads that did that at once would leave a closed descriptor behind.
        Wake();
        _thread = new Thread(Watch) { IsBackground = true, Name = "process watcher" };
        _thread.Start();
    }

    /// <summary>Starts watching a process that runs.</summary>
    /// <returns>Null if it does not run any more.</returns>
    public SupervisedProcess? Watch(ProcessIdentity identity)
    {
        int descriptor = ProcessCalls.OpenPidFd(identity.Pid);

        // Looked at after it was opened: what is open now cannot become another process.
        if (descriptor < 0 || ProcessIdentity.Of(identity.Pid) != identity)
        {
            _ = descriptor < 0 ? 0 : ProcessCalls.close(descriptor);
            return null;
        }

        return Add(new SupervisedProcess(identity, descriptor));
    }

    /// <summary>Starts watching a child, which may have ended already.</summary>
    /// <exception cref="IOException">The kernel gives no descriptor for it.</exception>
    public SupervisedProcess WatchChild(int pid)
    {
        // Nobody has waited for it: its number is its own.
        int descriptor = ProcessCalls.OpenPidFd(pid);
        return descriptor >= 0
            ? Add(new SupervisedProcess(ProcessIdentity.Of(pid) ?? new ProcessIdentity(pid, Start: 0), descriptor))
            : throw new IOException($"pidfd_open: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ending = true;
        }

        Wake();
        _thread.Join();
        _woken.Dispose();
        _wake.Dispose();
    }

    private SupervisedProcess Add(SupervisedProcess process)
    {
        lock (_gate)
        {
            _watched.Add(process);
        }

        Wake();
        return process;
    }

    private void Wake() => _wake.WriteByte(0);

    private void Watch()
    {
        int wake = (int)_woken.SafePipeHandle.DangerousGetHandle();
        while (true)
        {
            SupervisedProcess[] watched;
            lock (_gate)
            {
                if (_ending)
                {
                    return;
                }

                watched = [.. _watched];
            }

            ProcessCalls.PollFd[] descriptors = [Wanted(wake), .. watched.Select(process => Wanted(process.Descriptor))];
            if (ProcessCalls.poll(descriptors, (nuint)descriptors.Length, Timeout.Infinite) <= 0)
            {
                continue; // EINTR
            }

            if (descriptors[0].Found != 0)
            {
                _woken.ReadByte();
            }

            SupervisedProcess[] ended = [.. watched.Where((_, i) => descriptors[i + 1].Found != 0)];
            lock (_gate)
            {
                _watched.RemoveAll(ended.Contains);
            }

            Array.ForEach(ended, process => process.Reap());
        }
    }

    private static ProcessCalls.PollFd Wanted(int descriptor) => new() { Descriptor = descriptor, Wanted = ProcessCalls.POLLIN };
}
