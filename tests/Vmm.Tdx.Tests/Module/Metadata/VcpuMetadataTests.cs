using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Module.Metadata;

public sealed class VcpuMetadataTests : IDisposable
{
    private const ulong InvalidRcx = 0xC000010000000001;
    private const ulong VcpuIndex = 0xA020000200000002;
    private const ulong SupervisorVe = 0xA020000000000007;
    private const ulong UserVe = 0xA020000000000008;
    private const ulong CpuidControl = 0xA120000000000000;
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Fact]
    public void Read_Enumeration_VisitsAllFields()
    {
        KvmRegs first = Read(ulong.MaxValue, 0x00000C0B00000000);
        List<ulong> ids = [];
        for (ulong id = first.Rdx; id != ulong.MaxValue; id = Read(id, 0).Rdx)
        {
            ids.Add(id);
        }

        Assert.Equal([VcpuIndex, SupervisorVe, UserVe, .. Enumerable.Range(0, 128).Select(i => CpuidControl + (ulong)i)], ids);
    }

    [Fact]
    public void Read_VcpuIndex_IsTheCallers() => Assert.Equal((1UL, SupervisorVe), (Read(VcpuIndex, 0).R8, Read(VcpuIndex, 0).Rdx));

    [Theory]
    [InlineData(0xA020000300000050)] // L2_CTLS: there is no L2 VM
    [InlineData(CpuidControl + 128)]
    [InlineData(CpuidControl | 1UL << 24)]
    public void Read_NoSuchField_IsIdIncorrectWithDefaults(ulong id)
    {
        KvmRegs output = Read(id, 0xC0000C0000000000);

        Assert.Equal((ulong.MaxValue, 0UL), (output.Rdx, output.R8));
    }

    [Fact]
    public void Access_OtherVcpu_IsInvalidRcx()
    {
        KvmRegs read = _td.Complete(TdCallLeaf.VpRd, TdUnderTest.Patterned(), InvalidRcx, "Rdx R8");
        KvmRegs write = _td.Complete(TdCallLeaf.VpWr, TdUnderTest.Patterned(), InvalidRcx, "R8");

        Assert.Equal((ulong.MaxValue, 0UL, 0UL), (read.Rdx, read.R8, write.R8));
    }

    [Fact]
    public void Write_CpuidVe_IsWhatCpuidVeSetKeeps()
    {
        Write(SupervisorVe, 1, 0);
        Assert.Equal((true, false), (_td.Vcpu.CpuidSupervisorVe, _td.Vcpu.CpuidUserVe));

        _td.Complete(TdCallLeaf.VpCpuidVeSet, TdUnderTest.Patterned() with { Rcx = 2 }, 0);
        Assert.Equal((0UL, 1UL), (Read(SupervisorVe, 0).R8, Read(UserVe, 0).R8));
    }

    [Fact]
    public void Write_CpuidControl_IsPerElement()
    {
        Write(CpuidControl + 5, 3, 0);
        Write(CpuidControl + 6, 4, 0xC0000C0300000000); // only two bits mean anything

        Assert.Equal((0UL, 3UL, 0UL), (Read(CpuidControl + 4, 0).R8, Read(CpuidControl + 5, 0).R8, Read(CpuidControl + 6, 0).R8));
    }

    [Fact]
    public void Write_VcpuIndex_IsNotWritable() => Write(VcpuIndex, 0, 0xC0000C0100000000);

    private KvmRegs Read(ulong id, ulong status) => _td.Complete(TdCallLeaf.VpRd, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id }, status, "Rdx R8");

    private void Write(ulong id, ulong value, ulong status) =>
        _td.Complete(TdCallLeaf.VpWr, TdUnderTest.Patterned() with { Rcx = 0, Rdx = id, R8 = value, R9 = ulong.MaxValue }, status, "R8");
}
