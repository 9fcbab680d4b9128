using Vmm.Devices.Debug;

namespace Vmm.Devices.Tests.Debug;

public sealed class PostCodeTests
{
    private readonly PostCode _postCode = new("post", new PostCodeOptions());
    private readonly DeviceBench _bus;

    public PostCodeTests() => _bus = new DeviceBench(_postCode);

    [Fact]
    public void Read_AfterWrites_IsTheLastCode()
    {
        Assert.Equal(0, _bus.In(0x80));
        _bus.Out(0x80, 0x12);
        _bus.Out(0x80, 0x34);

        Assert.Equal(0x34, _bus.In(0x80));
    }

    [Fact]
    public void History_ManyCodes_HoldsTheLastSixteenWithoutRepeats()
    {
        for (int code = 0; code < 20; code++)
        {
            _bus.Out(0x80, code);
            _bus.Out(0x80, code);
        }

        Assert.Equal(Enumerable.Range(4, 16), _postCode.History.Select(code => (int)code));
    }
}
