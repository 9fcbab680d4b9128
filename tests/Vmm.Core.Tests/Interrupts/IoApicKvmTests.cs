using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Tests.Kvm;
using Vmm.Testing;

namespace Vmm.Core.Tests.Interrupts;

/// <summary>The I/O APIC with KVM's APIC at the other end.</summary>
public sealed class IoApicKvmTests
{
    private const int Pin = 10;
    private const uint LevelTriggered = 1 << 15;

    [KvmFact]
    public void Edge_ReachesTheGuest_WithoutAnEoiExit()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        IoApic ioApic = CreateIoApic(guest, InterruptibleGuest.Vector);
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        ioApic.GetLine(Pin).Drive(true);

        Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
        Assert.Equal(InterruptibleGuest.AgainPort, guest.RunToPort());
    }

    [KvmFact]
    public void Level_ComesAgain_UntilTheDeviceIsServed()
    {
        using TestGuest guest = InterruptibleGuest.Create();
        IoApic ioApic = CreateIoApic(guest, LevelTriggered | InterruptibleGuest.Vector);
        Assert.Equal(InterruptibleGuest.ReadyPort, guest.RunToPort());

        ioApic.GetLine(Pin).Drive(true);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(InterruptibleGuest.HandlerPort, guest.RunToPort());
            if (i == 1)
            {
                ioApic.GetLine(Pin).Drive(false);
            }

            Assert.Equal(VcpuExitKind.EndOfInterrupt, guest.Run().Kind);
            Assert.Equal(InterruptibleGuest.Vector, guest.Vcpu.Area.Exit.EoiVector);
            ioApic.EndOfInterrupt(guest.Vcpu.Area.Exit.EoiVector);
            Assert.Equal(InterruptibleGuest.AgainPort, guest.RunToPort());
        }

        guest.Vcpu.RequestImmediateExit();
        Assert.Equal(VcpuExitKind.Interrupted, guest.Run().Kind);
    }

    private static IoApic CreateIoApic(TestGuest guest, uint entry)
    {
        IoApic ioApic = new(guest.Vm, new KvmInterruptRoutes(guest.Vm));
        ioApic.WriteMmio(0, 0x00, [0x10 + (2 * Pin)]);
        ioApic.WriteMmio(0, 0x10, BitConverter.GetBytes(entry));
        return ioApic;
    }
}
