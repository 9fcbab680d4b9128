using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Abi;

public sealed class OperandTests
{
    [Theory]
    [InlineData(0xFFCC, true)] // Linux
    [InlineData(0xFF00, true)] // port I/O of a paravisor
    [InlineData(0xFFFF_0C00, true)]
    [InlineData(0x0000, true)]
    [InlineData(0xFFEC, false)] // RBP, under NO_RBP_MOD
    [InlineData(0x0001, false)]
    [InlineData(0x0002, false)]
    [InlineData(0x0010, false)]
    [InlineData(0x1_0000_FFCC, false)]
    public void GprMask_IsValid_FollowsTheModule(ulong mask, bool expected) => Assert.Equal(expected, new GprMask(mask).IsValid);

    [Fact]
    public void GprMask_UnselectedRegister_ReadsZero()
    {
        var mask = new GprMask(1UL << (int)Gpr.R11);

        Assert.Equal(0UL, mask.Filter(Gpr.R10, 5));
        Assert.Equal(5UL, mask.Filter(Gpr.R11, 5));
    }

    [Theory]
    [InlineData(0x0000_0000_0000_0006, TdCallLeaf.MemPageAccept, 0, true)]
    [InlineData(0x0000_0000_0001_0003, TdCallLeaf.VpVeInfoGet, 1, true)]
    [InlineData(0x0000_0000_0100_0003, TdCallLeaf.VpVeInfoGet, 0, false)]
    [InlineData(0x0000_0001_0000_0003, TdCallLeaf.VpVeInfoGet, 0, false)]
    public void TdCallFunction_Decodes_LeafAndVersion(ulong rax, TdCallLeaf leaf, byte version, bool wellFormed)
    {
        var function = new TdCallFunction(rax);

        Assert.Equal((leaf, version, wellFormed), (function.Leaf, function.Version, function.IsWellFormed));
    }

    [Theory]
    [InlineData(0x3F8, 1, false, 0x03F8_0000)]
    [InlineData(0x71, 1, true, 0x0071_0008)]
    [InlineData(0xCFC, 4, true, 0x0CFC_000B)]
    public void IoQualification_Create_IsTheVmxLayout(int port, int size, bool input, ulong expected)
    {
        var qualification = IoQualification.Create((ushort)port, size, input);

        Assert.Equal(expected, qualification.Value);
        Assert.Equal((port, size, input), (qualification.Port, qualification.Size, qualification.IsInput));
    }

    [Fact]
    public void MetadataFieldId_LinuxSpelling_MeansTheModulesField()
    {
        Assert.True(new MetadataFieldId(0x9100000000000010).IsSameFieldAs(TdMetadata.NotifyEnables));
        Assert.True(new MetadataFieldId(0x1110000300000016).IsSameFieldAs(TdMetadata.ConfigFlags));
        Assert.False(new MetadataFieldId(0x1110000300000017).IsSameFieldAs(TdMetadata.ConfigFlags));
    }

    [Theory]
    [InlineData(0x1110000300000000, true)]
    [InlineData(0x9110000300000017, true)]
    [InlineData(0x1110000301000000, false)] // reserved 31:24
    [InlineData(0x1110000700000000, false)] // last element
    [InlineData(0x1110004300000000, false)] // last field
    [InlineData(0x1190000300000000, false)] // reserved 55
    [InlineData(0x5110000300000000, false)] // reserved 62
    public void MetadataFieldId_SingleElement_NeedsReservedBitsClear(ulong id, bool expected) => Assert.Equal(expected, new MetadataFieldId(id).IsSingleElement);

    [Fact]
    public void MetadataFieldId_Decodes_ItsFields()
    {
        MetadataFieldId id = TdMetadata.NumVcpus;

        Assert.Equal((0x10, 1, 4, 1U, true), (id.Class, id.Context, id.ElementSize, id.Code, id.IsNonArchitectural));
    }

    [Fact]
    public void GpaWidth_SharedBit_IsTheTopmost()
    {
        var width = new GpaWidth(48);

        Assert.Equal(1UL << 47, width.SharedBit);
        Assert.True(width.Contains((1UL << 48) - 1));
        Assert.False(width.Contains(1UL << 48));
        Assert.Equal(0xFEC00000UL, width.WithoutSharedBit(0x8000_FEC0_0000));
    }
}
