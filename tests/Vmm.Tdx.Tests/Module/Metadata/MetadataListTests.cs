using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;

namespace Vmm.Tdx.Tests.Module.Metadata;

public sealed class MetadataListTests
{
    private static readonly MetadataTable<object> Table = new(
        new(new(0x1000_0003_0000_0000), 4, static (_, i) => (ulong)i),
        new(new(0x1000_0003_0000_0004), 4, static (_, i) => (ulong)i + 4),
        new(new(0x1000_0003_0000_0008), 4, null),
        new(new(0x1000_0003_0000_000C), 1, static (_, _) => 12));

    [Fact]
    public void Write_FieldsOfSeveralElements_AreOneSequenceUpToTheUnreadableOne()
    {
        byte[] page = new byte[256];

        TdxStatus status = MetadataList.Write(Table, this, MetadataFieldId.Null, page, out MetadataFieldId next);

        Assert.Equal((TdxStatus.Success, MetadataFieldId.Null), (status, next));
        Assert.Equal((8 + 8 + 64 + 8 + 8, 2), (BitConverter.ToUInt16(page, 0), BitConverter.ToUInt16(page, 2)));
        Assert.Equal(0x1000_0003_0000_0000UL | 3UL << 34 | 1UL << 38, BitConverter.ToUInt64(page, 8));
        Assert.Equal(7UL, BitConverter.ToUInt64(page, 72));
        Assert.Equal(0x1000_0003_0000_000CUL, BitConverter.ToUInt64(page, 80));
        Assert.Equal(12UL, BitConverter.ToUInt64(page, 88));
    }

    [Theory]
    [InlineData(95, 80, 0x1000_0003_0000_000C)]
    [InlineData(79, 48, 0x1000_0003_0000_0004)]
    [InlineData(47, 8, 0x1000_0003_0000_0000)]
    public void Write_ListLongerThanThePage_OverflowsAndTellsWhereToGoOn(int size, int used, ulong next)
    {
        byte[] page = new byte[size];

        TdxStatus status = MetadataList.Write(Table, this, MetadataFieldId.Null, page, out MetadataFieldId rest);

        Assert.Equal((0xC0000C0400000000, new MetadataFieldId(next)), (status.Value, rest));
        Assert.Equal(used, BitConverter.ToUInt16(page, 0));
    }

    [Fact]
    public void Write_FromTheMiddleOfAField_IsIdIncorrect() => Assert.Equal(
        TdxStatus.MetadataFieldIdIncorrect, MetadataList.Write(Table, this, new(0x1000_0003_0000_0001), new byte[256], out _));

    [Fact]
    public void Table_OverlappingFields_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new MetadataTable<object>(new(new(0x10), 4, null), new(new(0x13), null)));
}
