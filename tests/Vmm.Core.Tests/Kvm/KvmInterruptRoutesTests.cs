using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Testing;

namespace Vmm.Core.Tests.Kvm;

public sealed class KvmInterruptRoutesTests
{
    private const ulong FirstApic = 0xFEE0_0000;
    private const ulong NoX2ApicId = FirstApic | (1UL << 32); // bits 39:32 are none of a destination's

    [KvmFact]
    public void Line_Signalled_InterruptsTheGuest()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        using KvmInterruptRoutes routes = new(guest.Vm);
        IMsiLine line = routes.Create();
        line.SetMessage(new MsiMessage(FirstApic, InterruptibleGuest.Vector));
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        line.Signal();

        Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
    }

    [KvmFact]
    public void Line_WithoutIrqfd_InterruptsTheGuestAllTheSame()
    {
        DecoratedSyscalls without = new((request, argument) => request == KvmIoctl.CheckExtension && argument == (nint)KvmCap.Irqfd ? 0 : null);
        using TestGuest guest = InterruptibleGuest.Create(without);
        using KvmInterruptRoutes routes = new(guest.Vm);
        IMsiLine line = routes.Create();
        line.SetMessage(new MsiMessage(FirstApic, InterruptibleGuest.Vector));
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        line.Signal();

        Assert.IsType<MsiSinkLine>(line);
        Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
    }

    [KvmFact]
    public void SetMessage_OfALineThatHasOne_ReplacesIt()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        using KvmInterruptRoutes routes = new(guest.Vm);
        IMsiLine line = routes.Create();
        line.SetMessage(new MsiMessage(FirstApic, InterruptibleGuest.Vector + 1));
        line.SetMessage(new MsiMessage(FirstApic, InterruptibleGuest.Vector));
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        line.Signal();

        Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
    }

    [KvmFact]
    public void SetMessage_ThatKvmRefuses_LeavesOtherLinesAlone()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        using KvmInterruptRoutes routes = new(guest.Vm);
        IMsiLine good = routes.Create();
        IMsiLine bad = routes.Create();
        good.SetMessage(new MsiMessage(FirstApic, InterruptibleGuest.Vector));
        bad.SetMessage(new MsiMessage(NoX2ApicId, InterruptibleGuest.Vector));
        routes.SetMsiRoutes([new MsiRoute(0, new MsiMessage(FirstApic, InterruptibleGuest.Vector + 1))]);
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        bad.Signal();
        good.Signal();

        Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
    }

    [KvmFact]
    public void Signal_ManyTimes_AllocatesNothing()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        using KvmInterruptRoutes routes = new(guest.Vm);
        IMsiLine line = routes.Create();
        line.SetMessage(new MsiMessage(FirstApic, InterruptibleGuest.Vector));
        line.Signal();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
        {
            line.Signal();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [KvmFact]
    public void Signal_AfterDispose_IsTakenByNobody()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        KvmInterruptRoutes routes = new(guest.Vm);
        IMsiLine line = routes.Create();
        routes.Dispose();

        line.Signal();
    }
}
