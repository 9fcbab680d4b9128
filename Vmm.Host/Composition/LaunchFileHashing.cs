using Vmm.Host.Measuring;
using Vmm.Host.Running;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Host.Composition;

/// <summary>Hashes the files of a launch while the loader reads them too.</summary>
/// <param name="plan">The machine.</param>
public sealed class LaunchFileHashing(MachinePlan plan)
{
    private readonly Task<LaunchFileDigests> _digests = Task.Run(() => LaunchFiles.Hash(plan.Config));

    /// <summary>The digests; waits for them.</summary>
    public LaunchFileDigests Digests => _digests.GetAwaiter().GetResult();
}
