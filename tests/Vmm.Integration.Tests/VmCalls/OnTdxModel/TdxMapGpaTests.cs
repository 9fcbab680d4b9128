using Microsoft.Extensions.DependencyInjection;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.VmCalls;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls.OnTdxModel;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxMapGpaTests : MapGpaTests<TdxBackend>
{
    /// <summary>KVM splits the call itself, and has the guest call again only for an interrupt that waits; our own limit is never reached.</summary>
    [KvmFact]
    public override void MapGpa_OneChunkACall_IsRetriedUntilDone()
    {
        new CallTable
        {
            { MapGpa(SharedPage + 0x1000, Large + 0x1000), Answers(0) },
            { MapGpa(Page + 0x1000, Large + 0x1000), Answers(0) },
            { TdCall(6) with { Rcx = Page + 0x1000 }, Succeeds },
            { TdCall(6) with { Rcx = Page + 0x1000 + Large }, Succeeds },
            { TdCall(6) with { Rcx = Page + 0x2000 + Large }, Fails(PageAlreadyAccepted) },
        }.Check(new TdxBackend(), options: new TdOptions { Configure = services => services.AddSingleton(new MapGpaOptions { ChunksPerCall = 1 }) }).Dispose();
    }
}
