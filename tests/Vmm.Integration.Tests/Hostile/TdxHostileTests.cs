using Vmm.Integration.Tests.Harness;
using Vmm.Testing;

namespace Vmm.Integration.Tests.Hostile;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxHostileTests : HostileTests<TdxBackend>
{
    // TDCALLs of the module never come out, and KVM serves many TDVMCALLs by itself.
    private protected override long LeastExits => Calls / 20;

    private protected override string EndOnTheBranch => "^(KVM gave the TD up on vCPU 0|triple fault on vCPU 0)";
}
