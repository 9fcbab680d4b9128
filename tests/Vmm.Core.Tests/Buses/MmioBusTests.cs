using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;

namespace Vmm.Core.Tests.Buses;

public sealed class MmioBusTests
{
    private readonly RecordingDevice _device = new(
        "test",
        [],
        [new MmioRange(0xFED0_0000, 0x1000, "high"), new MmioRange(0xD000_0000, 0x10, "low"), new MmioRange(ulong.MaxValue - 7, 8, "top")]);

    private readonly MmioBus _bus;

    public MmioBusTests() =>
        _bus = DeviceBuses.Assemble([_device], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System)).Mmio;

    [Theory]
    [InlineData(0xD000_0000ul, 8, 0x0706050403020100ul)]
    [InlineData(0xD000_000Ful, 1, 0x0Ful)]
    [InlineData(0xFED0_0FFEul, 2, 0xFFFEul)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFCul, 4, 0x07060504ul)]
    public void Read_InsideARange_ReachesDevice(ulong gpa, int size, ulong expected) => Assert.Equal(expected, _bus.Read(gpa, size));

    [Theory]
    [InlineData(0xCFFF_FFFFul)]
    [InlineData(0xD000_0010ul)]
    [InlineData(0ul)]
    [InlineData(0xFED0_1000ul)]
    public void Read_OutsideEveryRange_IsAllOnes(ulong gpa)
    {
        Assert.False(_bus.Claims(gpa));
        Assert.Equal(0xFFul, _bus.Read(gpa, 1));
        Assert.Equal(1, _bus.UnclaimedReads);
    }

    [Fact]
    public void Read_LeavingTheRange_IsSplitBytewise() => Assert.Equal(0xFFFF_FFFF_FF0F_0E0Dul, _bus.Read(0xD000_000D, 8));

    [Fact]
    public void Write_OfOddLength_IsSplitBytewise()
    {
        Assert.True(_bus.Write(0xD000_0004, [1, 2, 3]));

        Assert.Equal([(1, 4ul), (1, 5ul), (1, 6ul)], _device.Writes.Select(write => (write.Range, write.Offset)));
    }
}
