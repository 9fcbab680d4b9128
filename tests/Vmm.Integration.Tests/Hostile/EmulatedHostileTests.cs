using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Hostile;

/// <inheritdoc/>
public sealed class EmulatedHostileTests : HostileTests<EmulatedBackend>
{
    private protected override long LeastExits => Calls;

    private protected override string EndOnTheBranch => "^(isolation violation on vCPU 0|triple fault on vCPU 0|KVM cannot emulate the instruction)";
}
