using System.Buffers.Binary;
using Vmm.Core.Interop;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Core.Tests.Kvm;

public sealed class KvmVmTests
{
    private const int Eexist = 17;
    private const uint PlatformId = 0x17;
    private const uint BiosSignature = 0x8B;
    private const uint MiscEnable = 0x1A0;

    [KvmFact]
    public void EnableCap_Unknown_NamesIt()
    {
        using TestGuest guest = new();

        KvmException e = Assert.Throws<KvmException>(() => guest.Vm.EnableCap(KvmCap.NrVcpus, 0));

        Assert.Equal("KVM_ENABLE_CAP NrVcpus", e.Operation);
        Assert.Equal(Libc.EINVAL, e.Errno);
    }

    [KvmFact]
    public void SetMemory_OverlappingSlot_NamesTheRange()
    {
        using TestGuest guest = new();

        KvmException e = Assert.Throws<KvmException>(() => guest.Vm.SetMemory(1, 0x1000, 0x1000, guest.Memory.Regions[0].PrivateView));

        Assert.Equal("KVM_SET_USER_MEMORY_REGION 0x1000+0x1000", e.Operation);
        Assert.Equal(Eexist, e.Errno);
    }

    [KvmTheory]
    [InlineData(0x20_0800ul, 0x1000ul)]
    [InlineData(0x20_0000ul, 0x0800ul)]
    public void SetMemory_NotPageAligned_IsRefused(ulong gpa, ulong size)
    {
        using TestGuest guest = new();

        KvmException e = Assert.Throws<KvmException>(() => guest.Vm.SetMemory(1, gpa, size, guest.Memory.Regions[0].PrivateView));

        Assert.Equal(Libc.EINVAL, e.Errno);
    }

    [KvmFact]
    public void CreateVcpu_SameIdTwice_IsRefused()
    {
        using TestGuest guest = new();
        using KvmVcpu first = guest.Vm.CreateVcpu(0);

        KvmException e = Assert.Throws<KvmException>(() => guest.Vm.CreateVcpu(0));

        Assert.Equal(("KVM_CREATE_VCPU", Eexist), (e.Operation, e.Errno));
    }

    [KvmFact]
    public void MsrFilter_DeniedRead_ExitsAndTakesTheAnswer()
    {
        using TestGuest guest = new();
        guest.Vm.EnableCap(KvmCap.X86UserSpaceMsr, (ulong)KvmMsrExitReason.Filter);
        guest.Vm.SetMsrFilter([Denied(PlatformId, MsrFilterAccess.ReadWrite), Denied(MiscEnable, MsrFilterAccess.Write)]);
        guest.StartReal(c =>
        {
            c.mov(ecx, PlatformId);
            c.rdmsr();
            c.@out(0x80, al);
        });

        Assert.Equal(VcpuExitKind.ReadMsr, guest.Run().Kind);
        ref KvmExitMsr msr = ref guest.Vcpu.Area.Exit.Msr;
        Assert.Equal((PlatformId, (uint)KvmMsrExitReason.Filter), (msr.Index, msr.Reason));
        msr.Error = 0;
        msr.Data = 0x1122_3344_5566_7788;

        Assert.Equal(0x80, guest.RunToPort());
        Assert.Equal((0x5566_7788ul, 0x1122_3344ul), (guest.Vcpu.Registers.Rax, guest.Vcpu.Registers.Rdx));
    }

    [KvmFact]
    public void MsrFilter_DirectionAndNeighbours_ArePrecise()
    {
        using TestGuest guest = new();
        guest.Vm.EnableCap(KvmCap.X86UserSpaceMsr, (ulong)KvmMsrExitReason.Filter);
        guest.Vm.SetMsrFilter([Denied(BiosSignature, MsrFilterAccess.Write)]);
        guest.StartReal(c =>
        {
            c.mov(ecx, BiosSignature);
            c.rdmsr();
            c.mov(eax, 7);
            c.wrmsr();
            c.@out(0x80, al);
        });

        Assert.Equal(VcpuExitKind.WriteMsr, guest.Run().Kind);
        Assert.Equal(BiosSignature, guest.Vcpu.Area.Exit.Msr.Index);
        Assert.Equal(0x80, guest.RunToPort());
    }

    [KvmFact]
    public void ForbiddenPage_Touched_ExitsAndIsNotReached()
    {
        const ulong SharedBit = 1UL << 32;
        const ulong Secret = 0x2_0000;
        using GuestMemory memory = GuestMemory.CreateIsolated(SharedBit, new MemoryRange(0, TestGuest.MemorySize));
        memory.SetAccess(Secret, GuestMemory.PageSize, PageAccess.None, discard: false);
        using TestGuest guest = new();
        guest.Vm.SetMemory(0, 0, 0, 0);
        guest.Vm.SetMemory(0, 0, memory.Size, memory.Regions[0].PrivateView);
        memory.Write(TestGuest.Origin, GuestCode.RealMode(TestGuest.Origin, WriteBeyondSegment));
        guest.StartReal(_ => { });

        // A KVM with second-level page tables fails the entry and can be asked again; one that emulates the access makes it an MMIO exit.
        VcpuExit exit = guest.Run();
        Assert.Contains(exit, new VcpuExit[] { new(VcpuExitKind.ForbiddenMemory, exit.Reason, Libc.EFAULT), new(VcpuExitKind.Mmio, KvmExitReason.Mmio, 0) });
        memory.SetAccess(Secret, GuestMemory.PageSize, PageAccess.Private, discard: false);
        Assert.Equal(0x80, guest.RunToPort());
        Assert.Equal(exit.Kind == VcpuExitKind.ForbiddenMemory ? 0x55 : 0, memory.GetSpan(Secret, 1)[0]);
    }

    [KvmFact]
    public void MissingMemory_Written_IsAnMmioExit()
    {
        using TestGuest guest = new();
        guest.Vm.SetMemory(0, 0, 0, 0);
        guest.Vm.SetMemory(0, 0, 0x2_0000, guest.Memory.Regions[0].PrivateView);
        guest.StartReal(WriteBeyondSegment);

        Assert.Equal(VcpuExitKind.Mmio, guest.Run().Kind);
        ref KvmExitMmio mmio = ref guest.Vcpu.Area.Exit.Mmio;
        Assert.Equal((0x2_0000ul, 1u, (byte)1, 0x55ul), (mmio.PhysicalAddress, mmio.Length, mmio.IsWrite, mmio.Data & 0xFF));
    }

    [KvmFact]
    public void Signal_AnEnabledApic_InterruptsTheGuest()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        Assert.True(guest.Vm.Signal(0xFEE0_0000, InterruptibleGuest.Vector));
        Assert.False(guest.Vm.Signal(0xFEE0_5000, InterruptibleGuest.Vector));

        Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
    }

    [KvmFact]
    public void Signal_AfterDispose_IsTakenByNobody()
    {
        TestGuest guest = new();
        guest.Dispose();

        Assert.False(guest.Vm.Signal(0xFEE0_0000, InterruptibleGuest.Vector));
    }

    // 0x55 to 0x20000, which real mode reaches through a segment.
    private static void WriteBeyondSegment(Iced.Intel.Assembler c)
    {
        c.mov(ax, 0x2000);
        c.mov(ds, ax);
        c.mov(bx, 0);
        c.mov(al, 0x55);
        c.mov(__byte_ptr[bx], al);
        c.@out(0x80, al);
    }

    // KVM reads the bitmap in whole longs; the bit of the only register is 0.
    private static MsrFilterRange Denied(uint index, MsrFilterAccess access) => new(index, 1, access, [.. new byte[sizeof(ulong)]]);
}
