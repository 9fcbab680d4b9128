using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>TDG.VP.VMCALL that leaves the TD: the registers that the guest selects go out, and those that come back go in at the next entry.</summary>
/// <param name="vcpuCount">Number of vCPUs.</param>
internal sealed class ReflectedVmCall(int vcpuCount) : ITdCallLeaf
{
    private readonly GprMask?[] _pending = new GprMask?[vcpuCount];

    public TdCallLeaf Leaf => TdCallLeaf.VpVmCall;

    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        var mask = new GprMask(registers.Rcx);
        if (!mask.IsValid)
        {
            return TdxStatus.OperandInvalid.With(OperandId.RCX);
        }

        _pending[vcpu.Index] = mask;
        return TdxStatus.Success;
    }

    /// <summary>Whether the vCPU has just made a call, and what it passes.</summary>
    internal bool TryTake(int vcpu, in KvmRegs registers, out VpEnterArgs args)
    {
        args = default;
        if (_pending[vcpu] is not { } mask)
        {
            return false;
        }

        args = new VpEnterArgs
        {
            Rcx = mask.Value,
            Rdx = mask.Filter(Gpr.Rdx, registers.Rdx),
            Rbx = mask.Filter(Gpr.Rbx, registers.Rbx),
            Rsi = mask.Filter(Gpr.Rsi, registers.Rsi),
            Rdi = mask.Filter(Gpr.Rdi, registers.Rdi),
            R8 = mask.Filter(Gpr.R8, registers.R8),
            R9 = mask.Filter(Gpr.R9, registers.R9),
            R10 = mask.Filter(Gpr.R10, registers.R10),
            R11 = mask.Filter(Gpr.R11, registers.R11),
            R12 = mask.Filter(Gpr.R12, registers.R12),
            R13 = mask.Filter(Gpr.R13, registers.R13),
            R14 = mask.Filter(Gpr.R14, registers.R14),
            R15 = mask.Filter(Gpr.R15, registers.R15),
        };
        return true;
    }

    /// <summary>Gives a vCPU the answer to its call; registers that did not pass keep the guest's values.</summary>
    /// <returns>False when it waits for none.</returns>
    internal bool TryReturn(int vcpu, in VpEnterArgs args, ref KvmRegs registers)
    {
        if (_pending[vcpu] is not { } mask)
        {
            return false;
        }

        _pending[vcpu] = null;
        Put(mask, Gpr.Rdx, args.Rdx, ref registers.Rdx);
        Put(mask, Gpr.Rbx, args.Rbx, ref registers.Rbx);
        Put(mask, Gpr.Rsi, args.Rsi, ref registers.Rsi);
        Put(mask, Gpr.Rdi, args.Rdi, ref registers.Rdi);
        Put(mask, Gpr.R8, args.R8, ref registers.R8);
        Put(mask, Gpr.R9, args.R9, ref registers.R9);
        Put(mask, Gpr.R10, args.R10, ref registers.R10);
        Put(mask, Gpr.R11, args.R11, ref registers.R11);
        Put(mask, Gpr.R12, args.R12, ref registers.R12);
        Put(mask, Gpr.R13, args.R13, ref registers.R13);
        Put(mask, Gpr.R14, args.R14, ref registers.R14);
        Put(mask, Gpr.R15, args.R15, ref registers.R15);
        return true;
    }

    private static void Put(GprMask mask, Gpr register, ulong value, ref ulong to) => to = mask.Selects(register) ? value : to;
}
