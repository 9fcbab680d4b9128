using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Module.Metadata;

public sealed class VmMetadataTests : IDisposable
{
    private const ulong InvalidRcx = 0xC000010000000001;
    private const ulong IdIncorrect = 0xC0000C0000000000;
    private const ulong NotWritable = 0xC0000C0100000000;
    private const ulong NotReadable = 0xC0000C0200000000;
    private const ulong ValueNotValid = 0xC0000C0300000000;
    private const ulong FirstFieldId = 0x00000C0B00000000;
    private const ulong NotifyEnables = 0x9110000300000010;
    private const ulong TdCtls = 0x1110000300000017;
    private const ulong LockBit = 1UL << 63;
    private readonly TdUnderTest _td = new(ConfigFlags.NoRbpMod | ConfigFlags.FlexiblePendingVe);

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(0x9010000200000001, 2)] // NUM_VCPUS
    [InlineData(0x9010000100000005, 0)] // NUM_L2_VMS
    [InlineData(0x1110000300000000, 1UL << 28)] // ATTRIBUTES
    [InlineData(0x1110000300000001, 7)] // XFAM
    [InlineData(0x1110000200000002, 4)] // MAX_VCPUS
    [InlineData(0x1110000000000003, 0)] // GPAW
    [InlineData(0x111000010000000C, 80)] // TSC_FREQUENCY
    [InlineData(0x1110000300000016, 6)] // CONFIG_FLAGS
    [InlineData(0x9110000300000016, 6)] // the same, as newer modules list it
    [InlineData(0x9100000000000016, 6)] // another size and context
    [InlineData(0x9110000000000019, 1)] // TOPOLOGY_ENUM_CONFIGURED
    [InlineData(0x1310000300000000, 0x1716151413121110)] // MRTD
    [InlineData(0x1310000300000005, 0x3F3E3D3C3B3A3938)]
    [InlineData(0x1310000300000010, 0x2726252423222120)] // MRCONFIGID
    [InlineData(0x1310000300000018, 0x3736353433323130)] // MROWNER
    [InlineData(0x1310000300000020, 0x4746454443424140)] // MROWNERCONFIG
    [InlineData(0x1310000300000057, 0)] // RTMR3, last element
    [InlineData(0x9910000100000006, 0)] // SERVTD_NUM
    [InlineData(0x9C10000200000001, 1)] // X2APIC_IDS
    public void Read_Field_IsTheTdsValue(ulong id, ulong expected) => Assert.Equal(expected, Read(id, 0).R8);

    [Theory]
    [InlineData(0x1310000300000006, IdIncorrect)] // behind MRTD
    [InlineData(0x1310000300000058, IdIncorrect)] // behind RTMR3
    [InlineData(0x3F10000300000000, IdIncorrect)]
    [InlineData(0x1110000301000000, IdIncorrect)] // reserved bits 31:24
    [InlineData(0x1110000700000000, IdIncorrect)] // last element
    [InlineData(0x1110004300000000, IdIncorrect)] // last field
    [InlineData(0x1110800300000000, IdIncorrect)] // reserved bits 49:47
    [InlineData(0x1190000300000000, IdIncorrect)] // reserved bit 55
    [InlineData(0x5110000300000000, IdIncorrect)] // reserved bit 62
    [InlineData(ulong.MaxValue, IdIncorrect)] // null, which version 0 does not know
    [InlineData(0x9410000300000000, NotReadable)] // CPUID_VALUES
    [InlineData(0x9410000300000201, NotReadable)]
    [InlineData(0x9810000300000010, NotReadable)] // MIG_DEC_KEY
    public void Read_NoSuchField_HasTheStatusOfTheSpecificationAndZero(ulong id, ulong status)
    {
        Assert.Equal(0UL, Read(id, status).R8);
        if (id != ulong.MaxValue)
        {
            KvmRegs output = _td.Complete(TdCallLeaf.VmRd, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id }, status, "Rdx R8", version: 1);
            Assert.Equal((ulong.MaxValue, 0UL), (output.Rdx, output.R8));
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue & ~(7UL << 52))] // the context does not count
    public void ReadVersion1_Null_IsTheFirstField(ulong id)
    {
        KvmRegs output = _td.Complete(TdCallLeaf.VmRd, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id }, FirstFieldId, "Rdx R8", version: 1);

        Assert.Equal((0x8010000300000020UL, 0UL), (output.Rdx, output.R8));
    }

    [Fact]
    public void ReadVersion1_Enumeration_VisitsEveryReadableElementInOrder()
    {
        List<ulong> ids = [];
        for (ulong id = 0x8010000300000020; id != ulong.MaxValue; id = ReadNext(id))
        {
            ids.Add(id);
            Assert.True(ids.Count < 2000);
        }

        static ulong Key(ulong id) => ((id >> 56 & 0x3F) << 24) | (id & 0xFFFFFF);
        Assert.Equal(ids.Select(Key).Order(), ids.Select(Key));
        Assert.Contains(0x1310000300000057UL, ids);
        Assert.Contains(0x9910000300000005UL, ids);
        Assert.DoesNotContain(ids, id => (id >> 56 & 0x3F) == 0x14); // CPUID_VALUES
        Assert.Equal(4, ids.Count(id => (id >> 56 & 0x3F) == 0x18)); // of the migration fields PRE_IMPORT_UUID only
    }

    [Theory]
    [InlineData(TdCallLeaf.VmRd, "R8")]
    [InlineData(TdCallLeaf.VmWr, "R8")]
    public void Access_OtherVm_IsInvalidRcx(TdCallLeaf leaf, string outputs) =>
        Assert.Equal(0UL, _td.Complete(leaf, TdUnderTest.Patterned() with { Rcx = 1, Rdx = NotifyEnables }, InvalidRcx, outputs).R8);

    [Fact]
    public void WriteNotifyEnables_Bit0_ReturnsTheOldValue()
    {
        Assert.Equal(0UL, Write(NotifyEnables, 1, 1, 0));
        Assert.Equal(1UL, Write(NotifyEnables, 0, ulong.MaxValue, 0)); // as Linux does
        Assert.Equal(0UL, _td.Td.NotifyEnables);
    }

    [Theory]
    [InlineData(NotifyEnables, 1, 0, NotWritable)]
    [InlineData(NotifyEnables, 1, 2, NotWritable)]
    [InlineData(NotifyEnables, 2, 3, ValueNotValid)] // bit 1 would change
    [InlineData(0x1110000300000000, 0, ulong.MaxValue, NotWritable)] // ATTRIBUTES
    [InlineData(0x9110000300000016, 0, ulong.MaxValue, NotWritable)] // CONFIG_FLAGS
    [InlineData(0x9810000300000010, 0, ulong.MaxValue, NotWritable)] // MIG_DEC_KEY
    [InlineData(0x3F10000300000000, 0, ulong.MaxValue, IdIncorrect)]
    [InlineData(ulong.MaxValue, 0, ulong.MaxValue, IdIncorrect)]
    [InlineData(TdCtls, 1 << 4, 1 << 4, NotWritable)] // ENABLE_HW_SEAL_KEYS: no sealing here
    [InlineData(TdCtls, 1 << 5, ulong.MaxValue, ValueNotValid)]
    public void Write_Forbidden_HasTheStatusOfTheSpecificationAndChangesNothing(ulong id, ulong value, ulong mask, ulong status)
    {
        Assert.Equal(0UL, Write(id, value, mask, status));
        Assert.Equal((0UL, 1UL), (_td.Td.NotifyEnables, (ulong)_td.Td.TdCtls));
    }

    [Theory]
    [InlineData(TdAttributes.None, false)]
    [InlineData(TdAttributes.SeptVeDisable, true)]
    public void TdCtls_PendingVeDisable_StartsAsTheAttribute(TdAttributes attributes, bool disabled)
    {
        using var td = new TdUnderTest(attributes: attributes);

        Assert.Equal(disabled, td.Td.PendingVeDisabled);
    }

    [Theory]
    [InlineData(ConfigFlags.NoRbpMod, ValueNotValid, true)]
    [InlineData(ConfigFlags.NoRbpMod | ConfigFlags.FlexiblePendingVe, 0, false)]
    public void WriteTdCtls_PendingVeDisable_NeedsAFlexibleTd(ConfigFlags flags, ulong status, bool disabled)
    {
        using var td = new TdUnderTest(flags);

        td.Complete(TdCallLeaf.VmWr, TdUnderTest.Patterned() with { Rcx = 0, Rdx = TdCtls, R8 = 0, R9 = 1 }, status, "R8");

        Assert.Equal(disabled, td.Td.PendingVeDisabled);
    }

    [Fact]
    public void WriteTdCtls_ReduceVe_ImpliesTopologyAndCpuid2()
    {
        Write(TdCtls, 8, 8, 0);

        Assert.Equal(0xFUL, Read(TdCtls, 0).R8);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void WriteTdCtls_TopologyUnknown_IsNotValid(ulong bit)
    {
        using var td = new TdUnderTest(x2ApicIds: []);

        td.Complete(TdCallLeaf.VmWr, TdUnderTest.Patterned() with { Rcx = 0, Rdx = TdCtls, R8 = bit, R9 = bit }, ValueNotValid, "R8");
    }

    [Fact]
    public void WriteTdCtls_Locked_TakesOnlyWhatItIs()
    {
        Write(TdCtls, LockBit | 4, LockBit | 4, 0);

        Write(TdCtls, 0, 4, ValueNotValid);
        Write(TdCtls, 0, LockBit, ValueNotValid);
        Write(TdCtls, 8, 8, ValueNotValid);
        Assert.Equal(LockBit | 5, Write(TdCtls, 4, 4, 0));
        Assert.Equal(LockBit | 5, Read(TdCtls, 0).R8);
    }

    private KvmRegs Read(ulong id, ulong status) => _td.Complete(TdCallLeaf.VmRd, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id }, status, "R8");

    private ulong ReadNext(ulong id) => _td.Complete(TdCallLeaf.VmRd, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id }, 0, "Rdx R8", version: 1).Rdx;

    private ulong Write(ulong id, ulong value, ulong mask, ulong status) =>
        _td.Complete(TdCallLeaf.VmWr, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id, R8 = value, R9 = mask }, status, "R8").R8;
}
