using Vmm.Core.Interop;
using Vmm.Core.Pci;

namespace Vmm.Core.Network;

/// <summary>What a thread that moves packets waits on: the doorbell of its queue, or a port that is ready.</summary>
/// <param name="port">The port.</param>
/// <param name="bell">The doorbell.</param>
public sealed class PortWait(IPacketPort port, Doorbell bell)
{
    /// <summary>What the thread wishes to do next; one wait takes it back.</summary>
    public PortEvents Wanted { get; set; }

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
        if (events == 0 || Libc.PollBoth(bell.Descriptor, port.Descriptor, events))
        {
            bell.Wait();
        }
    }
}
