using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Leaves;

namespace Vmm.Tdx.Tests.Module;

public sealed class TdxModuleTests : IDisposable
{
    private const ulong InvalidRax = 0xC000010000000000;
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(1UL << 24)]
    [InlineData(1UL << 31)]
    [InlineData(1UL << 32)]
    [InlineData(1UL << 63)]
    public void Call_ReservedBitOfRax_IsInvalidRax(ulong bit)
    {
        KvmRegs registers = TdUnderTest.Patterned();
        KvmRegs expected = registers with { Rax = InvalidRax };
        registers.Rax = (ulong)TdCallLeaf.VpInfo | bit;

        _td.Module.Call(_td.Vcpu, ref registers);

        Assert.Equal(expected, registers);
    }

    [Theory]
    [InlineData(13)] // never assigned
    [InlineData(25)] // VP.ENTER: no partitioning
    [InlineData(26)]
    [InlineData(27)]
    [InlineData(29)]
    [InlineData(64)] // TDX Connect
    [InlineData(254)] // TDG.DEBUG
    [InlineData(255)]
    [InlineData(0xFFFF)]
    public void Call_LeafThatIsNotServed_IsInvalidRax(int leaf) => _td.Complete((TdCallLeaf)leaf, TdUnderTest.Patterned(), InvalidRax);

    [Fact]
    public void Call_Version1_OnlyOfVmRd()
    {
        for (int leaf = 0; leaf < 256; leaf++)
        {
            if (leaf != 7)
            {
                _td.Complete((TdCallLeaf)leaf, TdUnderTest.Patterned(), InvalidRax, version: 1);
            }
        }

        _td.Complete(TdCallLeaf.VmRd, TdUnderTest.Patterned() with { Rcx = 0, Rdx = 0x9010000200000001 }, 0, "Rdx R8", version: 1);
        _td.Complete(TdCallLeaf.VmRd, TdUnderTest.Patterned(), InvalidRax, version: 2);
    }

    [Fact]
    public void Construct_SameLeafTwice_NamesBoth()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new TdxModule([new VpRd(), new VpRd()]));

        Assert.Contains("VpRd has two implementations", exception.Message, StringComparison.Ordinal);
    }
}
