using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>The software TDX module: takes every TDCALL to its leaf.</summary>
public sealed class TdxModule
{
    private readonly ITdCallLeaf?[] _leaves;

    /// <summary>Collects the leaves.</summary>
    /// <param name="leaves">At most one implementation a leaf; leaves without one are OPERAND_INVALID+RAX.</param>
    /// <exception cref="ArgumentException">Two implementations claim the same leaf.</exception>
    public TdxModule(IEnumerable<ITdCallLeaf> leaves)
    {
        _leaves = new ITdCallLeaf?[(int)Enum.GetValues<TdCallLeaf>()[^1] + 1];
        foreach (ITdCallLeaf leaf in leaves)
        {
            ref ITdCallLeaf? slot = ref _leaves[(int)leaf.Leaf];
            slot = slot is null
                ? leaf
                : throw new ArgumentException($"TDCALL {leaf.Leaf} has two implementations, {slot.GetType().Name} and {leaf.GetType().Name}; replace one by the other", nameof(leaves));
        }
    }

    /// <summary>Serves one TDCALL. RIP is the caller's business.</summary>
    /// <param name="vcpu">The calling vCPU.</param>
    /// <param name="registers">RAX selects the leaf and gets its status, unless a violation must be settled first.</param>
    public TdCallResult Call(TdVcpu vcpu, ref KvmRegs registers)
    {
        var function = new TdCallFunction(registers.Rax);
        vcpu.TdCalls.Add(function.Leaf);
        TdCallResult result = Find(function) is { } leaf
            ? leaf.Execute(vcpu, ref registers)
            : TdxStatus.OperandInvalid.With(OperandId.RAX);
        if (result.Violation is null)
        {
            registers.Rax = result.Status.Value;
        }

        return result;
    }

    private ITdCallLeaf? Find(TdCallFunction function)
    {
        int number = (int)function.Leaf;
        ITdCallLeaf? leaf = function.IsWellFormed && number < _leaves.Length ? _leaves[number] : null;
        return leaf is not null && function.Version <= leaf.MaxVersion ? leaf : null;
    }
}
