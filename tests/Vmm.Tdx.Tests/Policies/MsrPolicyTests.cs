using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Tdx.Policies;
using Vmm.Tdx.Tests.VmCalls.Fakes;

namespace Vmm.Tdx.Tests.Policies;

public sealed class MsrPolicyTests
{
    private static readonly FakeVcpu First = new() { Index = 0 };
    private static readonly FakeVcpu Second = new() { Index = 1 };

    private readonly FakeMsrs _host = new();

    // The list that KVM emulates for TDs.
    public static TheoryData<uint> EmulatedByKvm =>
    [
        0x8B, 0x10A, 0x1FC, 0x277, 0xFE, 0x200, 0x26F, 0x2FF, 0x6E0, 0x1A0, 0xCE, 0x140, 0x1B, 0xC0000080, 0x3A, 0x179, 0x17B, 0x4D0, 0x400, 0x47F, 0x280,
        0x4B564D05, 0x802, 0x80D, 0x80F, 0x828, 0x830, 0x838, 0x83F,
    ];

    [Theory]
    [MemberData(nameof(EmulatedByKvm))]
    public void Default_Read_OfWhatKvmEmulates_IsAllowed(uint index) => Assert.NotEqual(MsrAction.Deny, Policy.Default.Msr.Find(index).Read);

    [Theory]
    [InlineData(0x10)]
    [InlineData(0x808)]
    [InlineData(0x80A)]
    [InlineData(0x80B)]
    [InlineData(0x810)]
    [InlineData(0x827)]
    [InlineData(0x270)]
    [InlineData(0x4B564D00)]
    [InlineData(0x4B564D04)]
    [InlineData(0x40000000)]
    [InlineData(uint.MaxValue)]
    public void Default_AnythingElse_IsDenied(uint index)
    {
        Assert.Equal(MsrAction.Deny, Policy.Default.Msr.Find(index).Read);
        Assert.Equal(MsrAction.Deny, Policy.Default.Msr.Find(index).Write);
    }

    [Fact]
    public void Store_Write_IsKeptForEachVcpu()
    {
        MsrBank bank = Bank("""{ "index": "0x100-0x103", "action": "store", "value": 7 }, { "index": "0x200", "action": "store" }""");

        Assert.True(bank.TryWrite(First, 0x102, 99));

        Assert.Equal((7UL, 99UL, 0UL), (Read(bank, First, 0x101), Read(bank, First, 0x102), Read(bank, First, 0x200)));
        Assert.Equal(7UL, Read(bank, Second, 0x102));
        Assert.Null(_host.Written);
    }

    [Fact]
    public void Replace_RegistersThatBothStore_KeepTheirValues()
    {
        MsrBank bank = Bank("""{ "index": "0x100-0x103", "action": "store", "value": 7 }, { "index": "0x200", "action": "store" }""");
        Assert.True(bank.TryWrite(First, 0x102, 99));
        Assert.True(bank.TryWrite(Second, 0x200, 5));

        bank.Replace(Policy.Parse(
            """{ "msr": { "rules": [ { "index": "0x102-0x104", "action": "store", "value": 8 }, { "index": "0x200", "action": "constant", "value": 3 } ] } }"""u8.ToArray(), "test").Msr);

        Assert.Equal((99UL, 7UL, 8UL, 3UL), (Read(bank, First, 0x102), Read(bank, Second, 0x102), Read(bank, First, 0x104), Read(bank, Second, 0x200)));
        Assert.False(bank.TryRead(First, 0x100, out _));
    }

    [Fact]
    public void Constant_Write_IsDeniedOrIgnored()
    {
        MsrBank bank = Bank("""{ "index": 1, "action": "constant", "value": "0xffffffffffffffff" }, { "index": 2, "action": "constant", "value": 5, "write": "ignore" }""");

        Assert.False(bank.TryWrite(First, 1, 3));
        Assert.True(bank.TryWrite(First, 2, 3));
        Assert.Equal((ulong.MaxValue, 5UL), (Read(bank, First, 1), Read(bank, First, 2)));
    }

    [Fact]
    public void Allow_HostRefuses_IsRefused() => Assert.False(Bank("""{ "index": "0x2000", "action": "allow" }""").TryRead(First, 0x2000, out _));

    [Fact]
    public void Find_RandomIndices_AgreesWithLinearSearch()
    {
        MsrPolicy policy = Policy.Default.Msr;
        Random random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            uint index = random.Next(4) == 0 ? (uint)random.NextInt64(uint.MaxValue) : (uint)random.Next(0x1000);
            Assert.Same(policy.Rules.FirstOrDefault(rule => index >= rule.First && index <= rule.Last, policy.Unnamed), policy.Find(index));
        }
    }

    [Theory]
    [InlineData(0x1B, true, true)]
    [InlineData(0x8B, true, true)]
    [InlineData(0x200, true, true)]
    [InlineData(0x10, false, true)]
    [InlineData(0x1A0, false, true)]
    [InlineData(0x277, false, false)]
    [InlineData(0xC0000080, false, false)]
    [InlineData(0xC0000100, false, false)]
    [InlineData(0x830, false, false)] // the filter does not reach it
    [InlineData(0x6E0, false, false)] // left to KVM
    [InlineData(0x4E, true, true)]
    [InlineData(0x4B564D01, true, true)]
    [InlineData(0x500, false, false)] // #GP
    public void MsrVirtualization_RaisesVe_FollowsTheModule(uint index, bool read, bool write) =>
        Assert.Equal((read, write), (MsrVirtualization.RaisesVe(index, write: false), MsrVirtualization.RaisesVe(index, write: true)));

    [Fact]
    public void MsrVirtualization_FilterRanges_LetThroughWhatRaisesNoVe()
    {
        var ranges = MsrVirtualization.FilterRanges();
        Assert.InRange(ranges.Length, 1, 16); // KVM_MSR_FILTER_MAX_RANGES
        foreach (var range in ranges)
        {
            bool write = range.Access == Vmm.Core.Kvm.MsrFilterAccess.Write;
            for (uint i = 0; i < range.Count; i++)
            {
                bool allowed = (range.Allowed[(int)(i / 8)] & (1 << (int)(i % 8))) != 0;
                Assert.True(allowed != MsrVirtualization.RaisesVe(range.First + i, write), $"0x{range.First + i:x}");
            }
        }
    }

    private static ulong Read(MsrBank bank, FakeVcpu vcpu, uint index)
    {
        Assert.True(bank.TryRead(vcpu, index, out ulong value));
        return value;
    }

    private MsrBank Bank(string rules)
    {
        MsrPolicy policy = Policy.Parse(Encoding.UTF8.GetBytes($$"""{ "msr": { "rules": [ {{rules}} ] } }"""), "test").Msr;
        CpuidTables twoVcpus = new([new CpuidTable([]), new CpuidTable([])]);
        return new MsrBank(policy, _host, twoVcpus, NullLogger<MsrBank>.Instance, TimeProvider.System);
    }
}
