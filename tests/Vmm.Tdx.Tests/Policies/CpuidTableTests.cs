using Vmm.Core.Machine;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Tests.Policies;

public sealed class CpuidTableTests
{
    private static readonly CpuidTable Intel = new(
    [
        new(0x0, 0, 0, 0x16, 0x756E6547, 0x6C65746E, 0x49656E69),
        new(0x7, 0, 1, 0, 7, 0, 0),
        new(0xB, 0, 1, 0, 1, 0x100, 5),
        new(0xB, 1, 1, 3, 8, 0x201, 5),
        new(0x16, 0, 0, 2100, 2100, 100, 0),
        new(0x40000000, 0, 0, 0x40000001, 1, 2, 3),
        new(0x80000000, 0, 0, 0x80000008, 0, 0, 0),
    ]);

    [Fact]
    public void Execute_LeafWithoutSubleaves_IgnoresIndex() => Assert.Equal(new CpuidResult(2100, 2100, 100, 0), Intel.Execute(0x16, 99));

    [Fact]
    public void Execute_UndefinedSubleaf_IsZero() => Assert.Equal(default, Intel.Execute(0x7, 1));

    [Theory]
    [InlineData(0x17)]
    [InlineData(0x3FFFFFFF)]
    [InlineData(0x40000002)]
    [InlineData(0x40000100)] // no such hypervisor class
    [InlineData(0x80000009)]
    [InlineData(0xC0000000)]
    [InlineData(0xFFFFFFFF)]
    public void Execute_BeyondRange_IsHighestBasicLeaf(uint leaf) => Assert.Equal(new CpuidResult(2100, 2100, 100, 0), Intel.Execute(leaf, 0));

    [Theory]
    [InlineData(0x8)]
    [InlineData(0x40000001)]
    [InlineData(0x80000005)]
    public void Execute_MissingWithinRange_IsZero(uint leaf) => Assert.Equal(default, Intel.Execute(leaf, 0));

    [Fact]
    public void Execute_UndefinedTopologyLevel_PassesClAndApicId() => Assert.Equal(new CpuidResult(0, 0, 0x34, 5), Intel.Execute(0xB, 0x1234));

    [Fact]
    public void Execute_BeyondRangeOnAmd_IsZero()
    {
        CpuidTable amd = new([new(0x0, 0, 0, 1, 0x68747541, 0x444D4163, 0x69746E65), new(0x1, 0, 0, 1, 2, 3, 4)]);

        Assert.Equal(default, amd.Execute(0x2, 0));
    }
}
