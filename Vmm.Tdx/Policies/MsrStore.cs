namespace Vmm.Tdx.Policies;

/// <summary>A policy for MSRs with the values of the registers that it stores.</summary>
internal sealed class MsrStore
{
    private readonly MsrPolicy _policy;
    private readonly int[] _offsets; // by rule: its first word in a vCPU's storage
    private readonly ulong[][] _stored; // by vCPU

    /// <summary>Makes the storage, with the values that the policy says.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="vcpus">Number of vCPUs.</param>
    /// <param name="before">Whose values are kept where both store a register; null for none.</param>
    internal MsrStore(MsrPolicy policy, int vcpus, MsrStore? before = null)
    {
        _policy = policy;
        _offsets = new int[policy.Rules.Length];
        List<ulong> initial = [];
        for (int i = 0; i < _offsets.Length; i++)
        {
            _offsets[i] = initial.Count;
            MsrRule rule = policy.Rules[i];
            initial.AddRange(Enumerable.Repeat(rule.Value, rule.IsStored ? (int)rule.Count : 0));
        }

        _stored = new ulong[vcpus][];
        for (int i = 0; i < vcpus; i++)
        {
            _stored[i] = initial.ToArray();
        }

        if (before is not null)
        {
            Keep(before);
        }
    }

    /// <summary>The rule of a register. Allocates nothing.</summary>
    /// <param name="index">The register.</param>
    /// <param name="position">Where the rule stands; negative for that of registers without one.</param>
    internal MsrRule Find(uint index, out int position)
    {
        position = _policy.Position(index);
        return position < 0 ? _policy.Unnamed : _policy.Rules[position];
    }

    /// <summary>The value of a register that is stored.</summary>
    internal ref ulong Stored(int vcpu, int position, uint index) =>
        ref _stored[vcpu][_offsets[position] + (int)(index - _policy.Rules[position].First)];

    private void Keep(MsrStore before)
    {
        for (int rule = 0; rule < _offsets.Length; rule++)
        {
            MsrRule now = _policy.Rules[rule];
            for (uint i = 0; now.IsStored && i < now.Count; i++)
            {
                if (before.Find(now.First + i, out int position) is { IsStored: true } && position >= 0)
                {
                    for (int vcpu = 0; vcpu < _stored.Length; vcpu++)
                    {
                        Stored(vcpu, rule, now.First + i) = before.Stored(vcpu, position, now.First + i);
                    }
                }
            }
        }
    }
}
