using System.Runtime.InteropServices;
using Vmm.Core.Buses;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Exits;

/// <summary>Serves a KVM_EXIT_MMIO from the bus; KVM completes the instruction at the next entry.</summary>
public static class MmioExit
{
    /// <summary>Serves the access.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="mmio">The devices.</param>
    /// <param name="sharedBit">The shared bit, which buses do not know; 0 if there is none.</param>
    public static void Serve(KvmVcpu vcpu, MmioBus mmio, ulong sharedBit)
    {
        ref KvmExitMmio access = ref vcpu.Area.Exit.Mmio;
        Span<byte> data = MemoryMarshal.AsBytes(new Span<ulong>(ref access.Data))[..(int)Math.Min(access.Length, sizeof(ulong))];
        ulong address = access.PhysicalAddress & ~sharedBit;
        if (access.IsWrite == 0)
        {
            mmio.Read(address, data);
        }
        else
        {
            mmio.Write(address, data);
        }
    }
}
