using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Module.Leaves;

public sealed class VpLeavesTests : IDisposable
{
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Fact]
    public void VpInfo_Outputs_AreThoseOfTheSpecification()
    {
        KvmRegs output = _td.Complete(TdCallLeaf.VpInfo, TdUnderTest.Patterned(), 0, "Rcx Rdx R8 R9 R10 R11");

        Assert.Equal((48UL, 1UL << 28), (output.Rcx, output.Rdx));
        Assert.Equal((0x4_0000_0002UL, 1UL, 1UL, 0UL), (output.R8, output.R9, output.R10, output.R11));
    }

    [Fact]
    public void VpVeInfoGet_Pending_TellsOnce()
    {
        _td.Vcpu.PendingVe = new VeInfo(VmxExitReason.EptViolation, 0x181, 0xFFFF_8000_0000_1000, 0x8000_FEC0_0000, 3, 0x55);

        KvmRegs output = _td.Complete(TdCallLeaf.VpVeInfoGet, TdUnderTest.Patterned(), 0, "Rcx Rdx R8 R9 R10");

        Assert.Equal((48UL, 0x181UL, 0xFFFF_8000_0000_1000), (output.Rcx, output.Rdx, output.R8));
        Assert.Equal((0x8000_FEC0_0000UL, 0x55_0000_0003UL), (output.R9, output.R10));
        Assert.Null(_td.Vcpu.PendingVe);
    }

    [Fact]
    public void VpVeInfoGet_NothingPending_IsNoValidVeInfoAndZeros()
    {
        KvmRegs output = _td.Complete(TdCallLeaf.VpVeInfoGet, TdUnderTest.Patterned(), 0xC000070400000000, "Rcx Rdx R8 R9 R10");

        Assert.Equal((0UL, 0UL, 0UL, 0UL, 0UL), (output.Rcx, output.Rdx, output.R8, output.R9, output.R10));
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(2, false, true)]
    [InlineData(3, true, true)]
    public void VpCpuidVeSet_LegalBits_AreKept(ulong rcx, bool supervisor, bool user)
    {
        _td.Complete(TdCallLeaf.VpCpuidVeSet, TdUnderTest.Patterned() with { Rcx = rcx }, 0);

        Assert.Equal((supervisor, user), (_td.Vcpu.CpuidSupervisorVe, _td.Vcpu.CpuidUserVe));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(1UL << 63)]
    public void VpCpuidVeSet_OtherBits_AreInvalidRcx(ulong rcx)
    {
        _td.Complete(TdCallLeaf.VpCpuidVeSet, TdUnderTest.Patterned() with { Rcx = rcx }, 0xC000010000000001);

        Assert.False(_td.Vcpu.CpuidSupervisorVe || _td.Vcpu.CpuidUserVe);
    }

    [Fact]
    public void ServTd_Unbound_IsNotBoundWithDefaults()
    {
        KvmRegs read = _td.Complete(TdCallLeaf.ServTdRd, TdUnderTest.Patterned(), 0xC0000D0500000000, "Rdx R8");
        KvmRegs write = _td.Complete(TdCallLeaf.ServTdWr, TdUnderTest.Patterned(), 0xC0000D0500000000, "R8");

        Assert.Equal((ulong.MaxValue, 0UL, 0UL), (read.Rdx, read.R8, write.R8));
    }
}
