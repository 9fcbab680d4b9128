using Vmm.Core.Interop;

namespace Vmm.Core.Network;

/// <summary>What a thread that moves packets waits on: another thread's wake, or a port that is ready.</summary>
/// <param name="port">The port.</param>
public sealed class PortWait(IPacketPort port) : IDisposable
{
    private int _wake = Libc.CreateEvent() is var file and >= 0 ? file : throw new IOException("no more files can be opened: raise ulimit -n");

    /// <summary>What the thread wishes to do next; one wait takes it back.</summary>
    public PortEvents Wanted { get; set; }

    /// <summary>Wakes the thread, now or when it waits next. Any thread.</summary>
    public void Wake() => Libc.SignalEvent(_wake);

    /// <summary>Waits.</summary>
    public void Wait()
    {
        PortEvents wanted = Wanted;
        Wanted = PortEvents.None;
        short events = wanted switch
        {
            PortEvents.Receive => Libc.PollIn,
            PortEvents.Send => Libc.PollOut,
            _ => 0,
        };
        if (events == 0 || Libc.PollBoth(_wake, port.Descriptor, events))
        {
            Libc.TakeEvent(_wake);
        }
    }

    /// <summary>Ends it, once; nobody waits any more.</summary>
    public void Dispose() => Libc.Close(Interlocked.Exchange(ref _wake, -1));
}
