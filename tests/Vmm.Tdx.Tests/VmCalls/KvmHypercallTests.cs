using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class KvmHypercallTests
{
    private const uint AllFeatures = (1 << 7) | (1 << 11) | (1 << 13);
    private const long NoSuchCall = -1000;
    private const long InvalidArgument = -22;

    [Theory]
    [InlineData(KvmHypercall.KickCpu)]
    [InlineData(KvmHypercall.SendIpi)]
    [InlineData(KvmHypercall.SchedYield)]
    [InlineData((KvmHypercall)2)]
    [InlineData((KvmHypercall)ulong.MaxValue)]
    public void Hypercall_NotOffered_IsEnosys(KvmHypercall number)
    {
        using TestTd td = new();

        Assert.Equal(NoSuchCall, td.Hypercall(number, 1, 1));
    }

    [Fact]
    public void KickCpu_Offered_KicksByApicId()
    {
        using TestTd td = new(kvmFeatures: AllFeatures);

        Assert.Equal(0, td.Hypercall(KvmHypercall.KickCpu, 0, 1));
        Assert.Equal(1U, td.Kicker.Kicked);
    }

    [Fact]
    public void SchedYield_Offered_IsDone()
    {
        using TestTd td = new(kvmFeatures: AllFeatures);

        Assert.Equal(0, td.Hypercall(KvmHypercall.SchedYield, 1));
    }

    [Fact]
    public void SendIpi_Offered_ReachesVcpusThatExist()
    {
        using TestTd td = new(kvmFeatures: AllFeatures);

        Assert.Equal(2, td.Hypercall(KvmHypercall.SendIpi, ulong.MaxValue, ulong.MaxValue, 0, 0xFD));
        Assert.Equal((0xFEE0_1000UL, 0xFDU), td.Interrupts.Last);
        Assert.Equal(1, td.Hypercall(KvmHypercall.SendIpi, ulong.MaxValue, ulong.MaxValue, 1, 0xFD));
        Assert.Equal(0, td.Hypercall(KvmHypercall.SendIpi, ulong.MaxValue, ulong.MaxValue, uint.MaxValue, 0xFD));
    }

    [Theory]
    [InlineData(0x8FD)]
    [InlineData(0x400FD)]
    [InlineData(0x200)] // SMI
    [InlineData(0x500)] // INIT
    [InlineData(0x699)] // start-up
    public void SendIpi_NotToAVcpuByIdOrNoInterrupt_IsInvalid(ulong icr)
    {
        using TestTd td = new(kvmFeatures: AllFeatures);

        Assert.Equal(InvalidArgument, td.Hypercall(KvmHypercall.SendIpi, 1, 0, 0, icr));
    }

    [Theory]
    [InlineData(0x10, false)]
    [InlineData(0x00, true)]
    public void MapGpaRange_Attributes_SayToWhat(ulong attributes, bool shared)
    {
        using TestTd td = new();

        Assert.Equal(0, td.Hypercall(KvmHypercall.MapGpaRange, 0x10_0000, 1024, attributes));
        Assert.Equal([(0x10_0000UL, 1024UL * 4096, shared)], td.Pages.Conversions);
    }

    [Theory]
    [InlineData(0x10_0800, 1)]
    [InlineData(0x10_0000, 0)]
    [InlineData(0x8000_0000_0000, 1)]
    [InlineData(0x7FFF_FFFF_F000, 2)]
    [InlineData(0x10_0000, ulong.MaxValue)]
    public void MapGpaRange_BadRange_IsInvalid(ulong gpa, ulong pages)
    {
        using TestTd td = new();

        Assert.Equal(InvalidArgument, td.Hypercall(KvmHypercall.MapGpaRange, gpa, pages));
        Assert.Empty(td.Pages.Conversions);
    }

    [Fact]
    public void ClockPairing_Always_IsNotSupported()
    {
        using TestTd td = new();

        Assert.Equal(-95, td.Hypercall(KvmHypercall.ClockPairing, 0x1000));
    }
}
