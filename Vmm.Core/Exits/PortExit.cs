using Vmm.Core.Buses;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Exits;

/// <summary>Serves a KVM_EXIT_IO from the bus; KVM completes the instruction at the next entry.</summary>
public static class PortExit
{
    /// <summary>Serves all items of the access.</summary>
    public static void Serve(KvmVcpu vcpu, PortBus ports)
    {
        ref KvmExitIo io = ref vcpu.Area.Exit.Io;
        Span<byte> data = vcpu.IoData;
        for (int at = 0; at + io.Size <= data.Length; at += io.Size)
        {
            if (io.Direction == 0)
            {
                ports.Read(io.Port, data.Slice(at, io.Size));
            }
            else
            {
                ports.Write(io.Port, data.Slice(at, io.Size));
            }
        }
    }
}
