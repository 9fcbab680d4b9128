using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class InstructionLeavesTests : IDisposable
{
    private readonly TestTd _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(1, 0x10)]
    [InlineData(2, 0x1110)]
    [InlineData(4, 0x13121110)]
    public void Io_Input_AnswersInR11(ulong size, ulong expected)
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.InstructionIo, size, 0, TestTd.DevicePort);

        Assert.Equal((VmCallStatus.Success, expected), (result.Status, result.R11));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Io_Output_WritesLowBytesOfR15(ulong size)
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.InstructionIo, size, 1, TestTd.DevicePort + 2, 0x8877665544332211);

        Assert.Equal(VmCallStatus.Success, result.Status);
        Assert.Equal((byte[])[.. new byte[] { 0x11, 0x22, 0x33, 0x44 }.Take((int)size)], _td.Device.Written);
        Assert.Equal(2UL, _td.Device.WrittenOffset);
    }

    [Fact]
    public void Io_PortAbove16Bits_IsTruncated() =>
        Assert.Equal(0x10UL, _td.Call(VmCallLeaf.InstructionIo, 1, 0, 0xABCD_0001_0000_0000 | TestTd.DevicePort).R11);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(8, 0)]
    [InlineData(1, 2)]
    [InlineData(0x1_0000_0001, 0)]
    [InlineData(1, 0x1_0000_0000)]
    public void Io_BadSizeOrDirection_IsInvalidOperand(ulong size, ulong direction) =>
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.InstructionIo, size, direction, TestTd.DevicePort).Status);

    [Fact]
    public void Mmio_Read_StripsSharedBitAndAnswersInR11()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.RequestMmio, 8, 0, TestTd.Shared(TestTd.DeviceGpa));

        Assert.Equal((VmCallStatus.Success, 0x1716151413121110UL), (result.Status, result.R11));
    }

    [Fact]
    public void Mmio_Write_ReachesDevice()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.RequestMmio, 4, 1, TestTd.Shared(TestTd.DeviceGpa) + 0x10, 0x44332211);

        Assert.Equal(VmCallStatus.Success, result.Status);
        Assert.Equal([0x11, 0x22, 0x33, 0x44], _td.Device.Written);
    }

    [Fact]
    public void Mmio_Unclaimed_ReadsAllOnes() => Assert.Equal(0xFFFFUL, _td.Call(VmCallLeaf.RequestMmio, 2, 0, TestTd.Shared(0xE000_0000)).R11);

    [Fact]
    public void Mmio_PrivateFirstByte_IsInvalidOperand() =>
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.RequestMmio, 4, 0, TestTd.DeviceGpa).Status);

    [Fact]
    public void Mmio_PrivateLastByte_IsInvalidOperand()
    {
        // Bit 47 is set up to here and clear behind it.
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.RequestMmio, 4, 0, 0x0000_FFFF_FFFF_FFFE).Status);
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.RequestMmio, 4, 0, 0x0000_7FFF_FFFF_FFFE).Status);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(16, 0)]
    [InlineData(4, 2)]
    public void Mmio_BadSizeOrDirection_IsInvalidOperand(ulong size, ulong direction) =>
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.RequestMmio, size, direction, TestTd.Shared(TestTd.DeviceGpa)).Status);

    [Fact]
    public void Cpuid_TdxLeaf_SpellsIntelTdx()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.InstructionCpuid, 0x21, 0);

        Assert.Equal((0UL, 0x65746E49UL, 0x20202020UL, 0x5844546CUL), (result.R12, result.R13, result.R14, result.R15));
        Assert.Equal(VmCallStatus.Success, result.Status);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Hlt_R12_SaysWhetherInterruptsAreBlocked(ulong r12, bool blocked)
    {
        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.InstructionHlt, r12).Status);
        Assert.Equal(blocked, _td.Vcpu.HaltedWithInterruptsBlocked);
    }

    [Fact]
    public void Rdmsr_Allowed_AnswersInR11()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.InstructionRdmsr, 0x8B);

        Assert.Equal((VmCallStatus.Success, 0x8BUL), (result.Status, result.R11));
    }

    [Theory]
    [InlineData(0x808)] // TPR: behind the virtual APIC page
    [InlineData(0x810)] // ISR
    [InlineData(0x4B56_4D01)] // kvmclock
    [InlineData(0x4000_0000)] // Hyper-V
    [InlineData(0x10)]
    public void Rdmsr_Denied_IsInvalidOperandAndKeepsR11(ulong index)
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.InstructionRdmsr, index);

        Assert.Equal((VmCallStatus.InvalidOperand, (ulong)VmCallLeaf.InstructionRdmsr), (result.Status, result.R11));
    }

    [Fact]
    public void Wrmsr_Allowed_ReachesHost()
    {
        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.InstructionWrmsr, 0x830, 0x1_0000_00FD).Status);
        Assert.Equal((0x830U, 0x1_0000_00FDUL), _td.Msrs.Written);
    }

    [Theory]
    [InlineData(0x1B)] // APIC_BASE
    [InlineData(0x3A)] // FEAT_CTL
    [InlineData(0xC000_0080)] // EFER
    public void Wrmsr_ReadOnly_IsInvalidOperand(ulong index)
    {
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.InstructionWrmsr, index, 1).Status);
        Assert.Null(_td.Msrs.Written);
    }

    [Theory]
    [InlineData(0, VmCallStatus.SubfuncUnsupported)]
    [InlineData(1, VmCallStatus.SubfuncUnsupported)]
    [InlineData(2, VmCallStatus.InvalidOperand)]
    public void Wbinvd_Answer_IsKvms(ulong r12, VmCallStatus expected) => Assert.Equal(expected, _td.Call(VmCallLeaf.InstructionWbinvd, r12).Status);

    [Theory]
    [InlineData(VmCallLeaf.InstructionRdpmc)]
    [InlineData(VmCallLeaf.InstructionVmcall)]
    [InlineData(VmCallLeaf.InstructionPconfig)]
    [InlineData(VmCallLeaf.MigTd)]
    [InlineData((VmCallLeaf)0)]
    [InlineData((VmCallLeaf)0x10007)]
    [InlineData((VmCallLeaf)ulong.MaxValue)]
    public void Dispatch_LeafWithoutHandler_IsSubfuncUnsupported(VmCallLeaf leaf) => Assert.Equal(VmCallStatus.SubfuncUnsupported, _td.Call(leaf).Status);
}
