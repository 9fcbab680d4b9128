using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls.OnTdxModel;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxServiceTests : ServiceTests<TdxBackend>
{
    /// <summary>KVM does not forward Service.</summary>
    [KvmFact]
    public override void Service_Query_TellsWhichServicesThereAre() => IsUnsupported();

    /// <summary>KVM does not forward Service.</summary>
    [KvmFact]
    public override void Service_UnknownGuid_IsUnsupported() => IsUnsupported();

    private static void IsUnsupported()
    {
        new CallTable
        {
            { Share(), Answers(0) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + 0x1000, R14 = 0, R15 = 0 }, Answers(SubfuncUnsupported) },
        }.Check(new TdxBackend()).Dispose();
    }
}
