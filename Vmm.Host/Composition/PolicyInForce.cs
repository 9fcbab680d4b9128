using Vmm.Host.Running;
using Vmm.Tdx.Policies;

namespace Vmm.Host.Composition;

/// <summary>Who answers a machine's CPUID and MSR accesses, in this life and the next: at first what its definition says.</summary>
/// <param name="plan">The definition.</param>
public sealed class PolicyInForce(MachinePlan plan)
{
    private volatile Policy _current = plan.Policy;

    /// <summary>The policy.</summary>
    public Policy Current
    {
        get => _current;
        set => _current = value;
    }
}
