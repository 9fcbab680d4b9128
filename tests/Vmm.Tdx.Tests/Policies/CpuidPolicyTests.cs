using System.Text;
using Vmm.Core.Machine;
using Vmm.Tdx.Policies;
using Vmm.Tdx.Tests.VmCalls.Fakes;

namespace Vmm.Tdx.Tests.Policies;

public sealed class CpuidPolicyTests
{
    private static readonly MachineFacts Td = new(GuestKinds.Td, 3, 2_100_000, 46);

    public static TheoryData<string> Hosts => ["intel", "amd"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Default_Td_IsAnIntelWithTdx(string host)
    {
        CpuidTable cpuid = Build(host)[0];

        Assert.Equal(new CpuidResult(0x21, 0x756E6547, 0x6C65746E, 0x49656E69), cpuid.Execute(0, 0));
        Assert.Equal(new CpuidResult(0, 0x65746E49, 0x20202020, 0x5844546C), cpuid.Execute(0x21, 0));
        Assert.Equal(0x806F8U, cpuid.Execute(1, 0).Eax);
        Assert.Equal(0x81200000U, cpuid.Execute(1, 0).Ecx & 0x81200000);
        Assert.Equal(0U, cpuid.Execute(1, 0).Ecx & 0x68); // MONITOR, VMX, SMX
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Default_Td_HasTheMachinesTopology(string host)
    {
        CpuidTables tables = Build(host);

        Assert.Equal(3, tables.Count);
        for (uint i = 0; i < 3; i++)
        {
            CpuidTable cpuid = tables[(int)i];
            Assert.Equal(new CpuidResult(0, 1, 0x100, i), cpuid.Execute(0xB, 0));
            Assert.Equal(new CpuidResult(2, 3, 0x201, i), cpuid.Execute(0xB, 1));
            Assert.Equal((i << 24) | (3 << 16), cpuid.Execute(1, 0).Ebx & 0xFFFF0000);
            Assert.Equal(default, cpuid.Execute(0x1F, 0) with { Edx = 0 });
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Default_Td_TellsTscInUnitsOf25Mhz(string host)
    {
        CpuidTable cpuid = Build(host)[0];

        Assert.Equal(new CpuidResult(1, 84, 25_000_000, 0), cpuid.Execute(0x15, 0));
        Assert.Equal((2100U, 2100U), (cpuid.Execute(0x16, 0).Eax, cpuid.Execute(0x16, 0).Ebx));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Default_Td_HasKvmSignatureWithoutFeatures(string host)
    {
        CpuidTable cpuid = Build(host)[0];

        Assert.Equal(new CpuidResult(0x40000001, 0x4B4D564B, 0x564B4D56, 0x4D), cpuid.Execute(0x40000000, 0));
        Assert.Equal(default, cpuid.Execute(0x40000001, 0));
        Assert.Equal(0U, (uint)cpuid.KvmFeatures);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Default_Td_CapsExtendedLeaves(string host)
    {
        CpuidTable cpuid = Build(host)[0];

        Assert.Equal(0x80000008U, cpuid.Execute(0x80000000, 0).Eax);
        Assert.Equal(new CpuidResult(0, 0, 0x121, 0x2C100800), cpuid.Execute(0x80000001, 0));
        Assert.Equal(new CpuidResult(0, 0, 0, 0x100), cpuid.Execute(0x80000007, 0));
        Assert.Equal(new CpuidResult(0x302E, 0, 0, 0), cpuid.Execute(0x80000008, 0)); // 48 linear bits, 46 physical
        Assert.DoesNotContain(cpuid.Entries, entry => entry.Function is > 0x80000008 or (> 0x21 and < 0x40000000) or (> 0x40000001 and < 0x80000000));
    }

    [Theory]
    [InlineData(0x4)]
    [InlineData(0x5)]
    [InlineData(0xA)]
    [InlineData(0x12)]
    public void Default_Td_HidesLeavesOfTheHost(uint leaf) => Assert.Equal(default, Build("intel")[0].Execute(leaf, 0));

    [Fact]
    public void Default_OrdinaryGuest_SeesHostWithoutTdx()
    {
        CpuidTable cpuid = Policy.Default.Cpuid.Build(HostCpuid.Intel, Td with { Guest = GuestKinds.Ordinary })[1];

        Assert.Equal(0x23U, cpuid.Execute(0, 0).Eax);
        Assert.Equal(0xC06F2U, cpuid.Execute(1, 0).Eax);
        Assert.DoesNotContain(cpuid.Entries, entry => entry.Function == 0x21);
        Assert.Equal(1U, cpuid.Execute(0xB, 0).Edx);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Build_Tables_HaveOneEntryAnInput(string host)
    {
        foreach (Policy policy in new[] { Policy.Default, Policy.Load("configs/policy-strict.json") })
        {
            CpuidTable cpuid = policy.Cpuid.Build(Host(host), Td)[2];
            Assert.Equal(cpuid.Entries.Length, cpuid.Entries.Select(entry => (entry.Function, entry.Index)).Distinct().Count());
        }
    }

    [Fact]
    public void Strict_Td_DependsOnNoLeafWithoutRule()
    {
        CpuidTable cpuid = Policy.Load("configs/policy-strict.json").Cpuid.Build(HostCpuid.Intel, Td)[0];

        Assert.Equal(default, cpuid.Execute(2, 0));
        Assert.Equal(default, cpuid.Execute(7, 1));
        Assert.Equal(0x5844546CU, cpuid.Execute(0x21, 0).Edx);
        Assert.Equal(84U, cpuid.Execute(0x15, 0).Ebx);
    }

    [Fact]
    public void Build_MaskAndSet_ApplyToTheHostsValue()
    {
        CpuidTable cpuid = Rules("""{ "leaf": 6, "eax": { "mask": "0xfffffffb", "set": "0x1_0000" } }""").Build(HostCpuid.Intel, Td)[0];

        Assert.Equal(0x10000U, cpuid.Execute(6, 0).Eax);
    }

    [Fact]
    public void Build_RuleForAbsentSubleaf_AddsIt()
    {
        CpuidTable cpuid = Rules("""{ "leaf": 7, "subleaf": 2, "edx": { "fix": 8 } }""").Build(HostCpuid.Intel, Td)[0];

        Assert.Equal(8U, cpuid.Execute(7, 2).Edx);
        Assert.Equal(uint.MaxValue, cpuid.Execute(7, 1).Edx);
    }

    [Fact]
    public void Build_NoVcpu_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Policy.Default.Cpuid.Build(HostCpuid.Intel, Td with { VcpuCount = 0 }));

    private static CpuidPolicy Rules(string rules) =>
        Policy.Parse(Encoding.UTF8.GetBytes($$"""{ "cpuid": { "rules": [ {{rules}} ] } }"""), "test").Cpuid;

    private static CpuidEntry[] Host(string name) => name == "amd" ? HostCpuid.Amd : HostCpuid.Intel;

    private static CpuidTables Build(string host) => Policy.Default.Cpuid.Build(Host(host), Td);
}
