using Grpc.Wire;

namespace Vmm.Grpc.Tests.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData(1, "1m")]
    [InlineData(1500, "1500m")]
    [InlineData(99_999_999, "99999999m")]
    [InlineData(100_000_000, "100000S")]
    public void Format_Milliseconds_SmallestUnitThatFits(long milliseconds, string expected) =>
        Assert.Equal(expected, GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Format_Past_IsTheShortest() => Assert.Equal("1m", GrpcTimeout.Format(TimeSpan.FromSeconds(-5)));

    [Theory]
    [InlineData("100n", 1)]
    [InlineData("5u", 50)]
    [InlineData("5m", 50_000)]
    [InlineData("2S", 20_000_000)]
    [InlineData("1M", 600_000_000)]
    [InlineData("1H", 36_000_000_000)]
    public void Parse_Timeout_Ticks(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("123456789m")]
    public void Parse_NoTimeout_IsRefused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));
}
