using Iced.Intel;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Pci;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Core.Tests.Kvm;

public sealed class KvmDoorbellsTests
{
    private const ulong Place = 0x2_0004; // beyond the memory of these guests
    private const ulong MemorySize = 0x2_0000;

    [KvmFact]
    public void Connect_GuestWrites_RingsWithoutAnExit()
    {
        using TestGuest guest = Create();
        using Doorbell bell = new(0, 4, sizeof(ushort));
        new KvmDoorbells(guest.Vm, sharedBit: 0).Connect(bell, Place);
        guest.StartReal(RingTwice);

        Assert.Equal(0x80, guest.RunToPort());
        bell.Wait(); // both rings are one
        Assert.Equal(VcpuExitKind.Mmio, guest.Run().Kind);
    }

    [KvmFact]
    public void Connect_WithTheSharedBit_LeavesOtherAddressesAlone()
    {
        using TestGuest guest = Create();
        using Doorbell bell = new(0, 4, sizeof(ushort));
        new KvmDoorbells(guest.Vm, sharedBit: 1 << 20).Connect(bell, Place);
        guest.StartReal(RingTwice);

        Assert.Equal(VcpuExitKind.Mmio, guest.Run().Kind);
    }

    [KvmFact]
    public void Disconnect_GuestWrites_IsAnExitAgain()
    {
        using TestGuest guest = Create();
        using Doorbell bell = new(0, 4, sizeof(ushort));
        KvmDoorbells doorbells = new(guest.Vm, sharedBit: 0);
        doorbells.Connect(bell, Place);
        doorbells.Disconnect(bell, Place);
        guest.StartReal(RingTwice);

        Assert.Equal(VcpuExitKind.Mmio, guest.Run().Kind);
    }

    private static TestGuest Create()
    {
        TestGuest guest = new();
        guest.Vm.SetMemory(0, 0, 0, 0);
        guest.Vm.SetMemory(0, 0, MemorySize, guest.Memory.Regions[0].PrivateView);
        return guest;
    }

    // Two words to the doorbell, a port, and a word beside the doorbell.
    private static void RingTwice(Assembler c)
    {
        c.mov(ax, 0x2000);
        c.mov(ds, ax);
        c.mov(bx, 4);
        c.mov(__word_ptr[bx], ax);
        c.mov(__word_ptr[bx], ax);
        c.@out(0x80, al);
        c.mov(bx, 8);
        c.mov(__word_ptr[bx], ax);
    }
}
