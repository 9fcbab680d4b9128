using Vmm.Core.Interop;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Core.Tests.Kvm;

public sealed class KvmVcpuTests
{
    [KvmFact]
    public void Run_RealMode_ExitsAtPortAccessWithItsData()
    {
        using TestGuest guest = new TestGuest().StartReal(c =>
        {
            c.mov(dx, 0x3F8);
            c.mov(ax, 0x1234);
            c.@out(dx, ax);
        });

        Assert.Equal(0x3F8, guest.RunToPort());
        ref KvmExitIo io = ref guest.Vcpu.Area.Exit.Io;
        Assert.Equal((1, 2, 1u), (io.Direction, io.Size, io.Count));
        Assert.Equal([0x34, 0x12], guest.Vcpu.IoData.ToArray());
    }

    [KvmTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Registers_SyncedOrByIoctl_AreTheSameState(bool byIoctl)
    {
        using TestGuest guest = new TestGuest(byIoctl ? DecoratedSyscalls.WithoutSync() : null).StartLong(c =>
        {
            c.mov(rax, 0xA1A2_A3A4_A5A6_A7A8);
            c.mov(rbx, 2);
            c.mov(r8, 8);
            c.mov(r15, 0xF1F2_F3F4_F5F6_F7F8);
            c.stc();
            c.@out(0x80, al);
            c.add(r15, r14);
            c.@out(0x81, al);
        });

        Assert.Equal(byIoctl, guest.Vcpu.Area.ValidRegs == KvmSync.None);
        Assert.Equal(0x80, guest.RunToPort());
        guest.Vcpu.GetRegs(out KvmRegs truth);
        Assert.Equal(truth, guest.Vcpu.Registers);
        Assert.Equal(
            (0xA1A2_A3A4_A5A6_A7A8ul, 2ul, 8ul, 0xF1F2_F3F4_F5F6_F7F8ul, 1ul),
            (truth.Rax, truth.Rbx, truth.R8, truth.R15, truth.Rflags & 1));

        guest.Vcpu.Registers.R14 = 0x10;
        guest.Vcpu.Registers.R15 = 5;
        guest.Vcpu.MarkRegistersDirty();
        Assert.Equal(0x81, guest.RunToPort());
        Assert.Equal(KvmSync.None, guest.Vcpu.Area.DirtyRegs);
        guest.Vcpu.GetRegs(out truth);
        Assert.Equal(truth, guest.Vcpu.Registers);
        Assert.Equal((0x10ul, 0x15ul), (truth.R14, truth.R15));
    }

    [KvmTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Registers_RipMovedAtAnExit_IsWhereTheGuestGoesOn(bool byIoctl)
    {
        using TestGuest guest = new TestGuest(byIoctl ? DecoratedSyscalls.WithoutSync() : null).StartLong(c =>
        {
            c.@out(0x80, al); // two bytes, then two that are skipped
            c.@out(0x81, al);
            c.@out(0x82, al);
        });

        Assert.Equal(0x80, guest.RunToPort());
        guest.Vcpu.Registers.Rip = TestGuest.Origin + 4;
        guest.Vcpu.MarkRegistersDirty();

        Assert.Equal(0x82, guest.RunToPort());
    }

    [KvmTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void CompletePendingExit_AfterIn_WritesTheResultAndRunsNothing(bool byIoctl)
    {
        using TestGuest guest = new TestGuest(byIoctl ? DecoratedSyscalls.WithoutSync() : null).StartReal(c =>
        {
            c.@in(al, 0x60);
            c.inc(al);
            c.@out(0x80, al);
        });
        Assert.Equal(0x60, guest.RunToPort());
        Assert.Equal(TestGuest.Origin, guest.Vcpu.Registers.Rip);
        guest.Vcpu.IoData[0] = 0x41;

        guest.Vcpu.CompletePendingExit();

        Assert.Equal((TestGuest.Origin + 2, 0x41ul), (guest.Vcpu.Registers.Rip, guest.Vcpu.Registers.Rax & 0xFF));
        Assert.Equal(0x80, guest.RunToPort());
        Assert.Equal([0x42], guest.Vcpu.IoData.ToArray());
    }

    [KvmFact]
    public void RequestImmediateExit_BeforeRun_RunsNothing()
    {
        using TestGuest guest = new TestGuest().StartReal(c => c.@out(0x80, al));
        guest.Vcpu.RequestImmediateExit();

        VcpuExit exit = guest.Run();

        Assert.Equal((VcpuExitKind.Interrupted, Libc.EINTR), (exit.Kind, exit.Errno));
        Assert.Equal(TestGuest.Origin, guest.Vcpu.Registers.Rip);
        guest.Vcpu.ClearImmediateExit();
        Assert.Equal(0x80, guest.RunToPort());
    }

    [KvmFact]
    public void Run_FaultWithoutHandlers_IsATripleFault()
    {
        using TestGuest guest = new TestGuest().StartLong(c => c.ud2());

        Assert.Equal(VcpuExitKind.TripleFault, guest.Run().Kind);
    }

    [KvmFact]
    public void SetEvents_Exception_ReachesTheGuestsHandler()
    {
        const byte VirtualizationException = 20;
        using TestGuest guest = new TestGuest().StartReal(c =>
        {
            c.nop();
            c.@out(0x80, al);
        });
        guest.Memory.Write(VirtualizationException * 4, [0x00, 0x30, 0, 0]);
        guest.Memory.Write(0x3000, GuestCode.RealMode(0x3000, c => c.@out(0x81, al)));
        guest.Vcpu.GetEvents(out KvmVcpuEvents events);
        events.Exception = new KvmExceptionEvent { Injected = 1, Vector = VirtualizationException };
        guest.Vcpu.SetEvents(ref events);

        Assert.Equal(0x81, guest.RunToPort());
    }

    [KvmFact]
    public void Msr_Set_IsRead()
    {
        const uint Pat = 0x277;
        using TestGuest guest = new TestGuest().StartReal(c => c.nop());

        Assert.True(guest.Vcpu.TrySetMsr(Pat, 0x0007_0406_0007_0406));
        Assert.True(guest.Vcpu.TryGetMsr(Pat, out ulong value));
        Assert.Equal(0x0007_0406_0007_0406ul, value);
    }

    [KvmFact]
    public void Msr_KernelRefuses_IsTold()
    {
        // How many registers it served; which ones it refuses differs from host to host (ignore_msrs).
        DecoratedSyscalls kernel = new((request, _) => request == KvmIoctl.GetMsrs || request == KvmIoctl.SetMsrs ? 0 : null);
        using TestGuest guest = new TestGuest(kernel).StartReal(c => c.nop());

        Assert.False(guest.Vcpu.TryGetMsr(0x10, out _));
        Assert.False(guest.Vcpu.TrySetMsr(0x10, 0));
    }

    [KvmFact]
    public void SetMpState_IsRead()
    {
        using TestGuest guest = InterruptibleGuest.Create();

        Assert.Equal(KvmMpState.Runnable, guest.Vcpu.GetMpState());
        guest.Vcpu.SetMpState(KvmMpState.Halted);
        Assert.Equal(KvmMpState.Halted, guest.Vcpu.GetMpState());
    }

    [KvmFact]
    public void SetCpuid_WhatTheGuestReads()
    {
        using TestGuest guest = new TestGuest().StartReal(c =>
        {
            c.mov(eax, 0x21);
            c.xor(ecx, ecx);
            c.cpuid();
            c.@out(0x80, al);
        });
        guest.Vcpu.SetCpuid(
        [
            new KvmCpuidEntry2 { Function = 0, Eax = 0x21, Ebx = 0x756E_6547, Ecx = 0x6C65_746E, Edx = 0x4965_6E69 },
            new KvmCpuidEntry2 { Function = 0x21, Flags = CpuidEntry.SignificantIndex, Ebx = 0x6574_6E49, Ecx = 0x2020_2020, Edx = 0x5844_546C },
        ]);

        Assert.Equal(0x80, guest.RunToPort());
        Assert.Equal((0x6574_6E49ul, 0x5844_546Cul), (guest.Vcpu.Registers.Rbx, guest.Vcpu.Registers.Rdx));
    }

    [KvmFact]
    public void Dispose_Twice_IsAllowed()
    {
        using TestGuest guest = new TestGuest().StartReal(c => c.nop());

        guest.Vcpu.Dispose();
        guest.Vcpu.Dispose();
    }
}
