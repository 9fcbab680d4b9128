using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls.OnTdxModel;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxMmioTests : MmioTests<TdxBackend>
{
    /// <summary>KVM keeps size and direction as 32-bit numbers: it takes a size of 2^32 + 4 for 4, and a direction of 2^32 for a read.</summary>
    [KvmFact]
    public override void Mmio_OperandsWiderThanTheirMeaning_AreInvalidOperand()
    {
        ulong answer = Recorder.Answer(Recorder.Mmio, 4);
        new CallTable
        {
            { Shared((1UL << 32) | 4, Read, Recorder.Mmio), Gives(answer) },
            { Shared(4, 1UL << 32, Recorder.Mmio), Gives(answer) },
            { Shared(1UL << 32, Read, Recorder.Mmio), Answers(InvalidOperand) },
        }.Check(new TdxBackend()).Dispose();
    }
}
