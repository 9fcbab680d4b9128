using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Module.Metadata;

public sealed class SysMetadataTests : IDisposable
{
    private const ulong InvalidRdx = 0xC000010000000002;
    private const ulong IdIncorrect = 0xC0000C0000000000;
    private const ulong Vendor = 0x0800000200000000;

    private static readonly ulong[] AllFields =
    [
        Vendor, 0x0800000100000003, 0x0800000100000004, 0x0A00000200000000, 0x0A00000000000001, 0x0A00000300000008,
        0xA000000300000000, 0x2000000100000001, 0x2000000100000002, 0x2000000100000003, 0x2000000100000004, 0xA200000100000000,
    ];

    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(Vendor, 0x8086)]
    [InlineData(0x0800000100000003, 5)]
    [InlineData(0x0800000100000004, 1)]
    [InlineData(0x0A00000000000001, 1)]
    [InlineData(0x0A00000300000008, 1 << 3 | 1 << 8 | 1 << 16 | 1 << 18 | 1 << 20)]
    public void Read_Field_IsTheModulesValue(ulong id, ulong expected) => Assert.Equal(expected, Read(id, 0).R8);

    [Fact]
    public void Read_Enumeration_VisitsAllFields()
    {
        List<ulong> ids = [];
        for (ulong id = Read(ulong.MaxValue, 0x00000C0B00000000).Rdx; id != ulong.MaxValue; id = Read(id, 0).Rdx)
        {
            ids.Add(id);
        }

        Assert.Equal(AllFields, ids);
    }

    [Fact]
    public void Read_NoSuchField_IsIdIncorrectWithDefaults()
    {
        KvmRegs output = Read(Vendor + 1, IdIncorrect);

        Assert.Equal((ulong.MaxValue, 0UL), (output.Rdx, output.R8));
    }

    [Fact]
    public void ReadAll_Null_WritesTheListOfAllFields()
    {
        byte[] list = ReadAll(ulong.MaxValue, 0);

        List<(ulong Id, ulong Value)> fields = Parse(list);
        Assert.Equal(AllFields, fields.Select(field => field.Id));
        Assert.All(fields, field => Assert.Equal(Read(field.Id, 0).R8, field.Value));
        Assert.Equal(8, BitConverter.ToUInt16(list, 2)); // the two versions and the four migration versions are a sequence each
        Assert.All(list[BitConverter.ToUInt16(list, 0)..], value => Assert.Equal(0xEE, value));
    }

    [Fact]
    public void ReadAll_FromAField_StartsThere() => Assert.Equal(AllFields[4..], Parse(ReadAll(AllFields[4], 0)).Select(field => field.Id));

    [Theory]
    [InlineData(Vendor + 1)]
    [InlineData(0x0800000300000000)] // another element size
    [InlineData(0x3F00000300000000)]
    public void ReadAll_NoSuchField_IsIdIncorrectAndWritesNothing(ulong start) => Assert.All(ReadAll(start, IdIncorrect), value => Assert.Equal(0xEE, value));

    [Theory]
    [InlineData(TdUnderTest.PrivatePage + 8)]
    [InlineData(TdUnderTest.SharedPage | TdUnderTest.SharedBit)]
    [InlineData(TdUnderTest.MemorySize)]
    [InlineData(TdUnderTest.PrivatePage | 1UL << 52)]
    public void ReadAll_BadPage_IsInvalidRdxWithNoNext(ulong page) =>
        Assert.Equal(ulong.MaxValue, _td.Complete(TdCallLeaf.SysRdAll, TdUnderTest.Patterned() with { Rdx = page }, InvalidRdx, "R8").R8);

    [Fact]
    public void ReadAll_PendingPage_IsAViolation() => _td.Violate(TdCallLeaf.SysRdAll, TdUnderTest.Patterned() with { Rdx = TdUnderTest.PendingPage });

    private static List<(ulong Id, ulong Value)> Parse(byte[] list)
    {
        List<(ulong, ulong)> fields = [];
        int offset = 8;
        for (int sequence = 0; sequence < BitConverter.ToUInt16(list, 2); sequence++)
        {
            ulong header = BitConverter.ToUInt64(list, offset);
            int elements = (int)(header >> 34 & 0xF) + 1;
            int count = (int)(header >> 38 & 0x1FF) + 1;
            ulong id = header & ~(0xFUL << 34) & ~(0x1FFUL << 38);
            offset += 8;
            for (int i = 0; i < elements * count; i++, offset += 8)
            {
                fields.Add((id + (ulong)i, BitConverter.ToUInt64(list, offset)));
            }
        }

        Assert.Equal(BitConverter.ToUInt16(list, 0), offset);
        Assert.Equal(0U, BitConverter.ToUInt32(list, 4));
        return fields;
    }

    private KvmRegs Read(ulong id, ulong status) => _td.Complete(TdCallLeaf.SysRd, TdUnderTest.Patterned() with { Rdx = id }, status, "Rdx R8");

    private byte[] ReadAll(ulong start, ulong status)
    {
        _td.Memory.GetSpan(TdUnderTest.PrivatePage, 4096).Fill(0xEE);
        KvmRegs output = _td.Complete(TdCallLeaf.SysRdAll, TdUnderTest.Patterned() with { Rdx = TdUnderTest.PrivatePage, R8 = start }, status, "R8");
        Assert.Equal(ulong.MaxValue, output.R8);
        return _td.Memory.GetSpan(TdUnderTest.PrivatePage, 4096).ToArray();
    }
}
