using Vmm.Host.Configuration;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.TdCalls;

/// <summary>TDG.VP.INFO (leaf 1).</summary>
public sealed class VpInfoTests
{
    [KvmFact]
    public void VpInfo_DefaultTd_TellsAllAboutIt()
    {
        using TdRun run = new CallTable
        {
            { TdCall(1), r => r with { Rax = 0, Rcx = TestHost.Gpaw, Rdx = SeptVeDisable, R8 = 1 | (1UL << 32), R9 = 0, R10 = 1, R11 = 0 } },
        }.Check();
    }

    [KvmFact]
    public void VpInfo_Attributes_AreThoseOfTheConfiguration()
    {
        const ulong DebugAttribute = 1;
        using TdRun run = new CallTable
        {
            { TdCall(1), r => r with { Rax = 0, Rcx = TestHost.Gpaw, Rdx = DebugAttribute, R8 = 1 | (1UL << 32), R9 = 0, R10 = 1, R11 = 0 } },
        }.Check(options: new TdOptions { Td = new TdConfig { Attributes = DebugAttribute } });
    }
}
