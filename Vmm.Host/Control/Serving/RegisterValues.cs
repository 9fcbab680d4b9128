using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Host.Control.Serving;

/// <summary>General registers by their number in instructions; KVM has them in another order.</summary>
internal static class RegisterValues
{
    internal static ulong Read(this in KvmRegs registers, Gpr register) => register switch
    {
        Gpr.Rax => registers.Rax,
        Gpr.Rcx => registers.Rcx,
        Gpr.Rdx => registers.Rdx,
        Gpr.Rbx => registers.Rbx,
        Gpr.Rsp => registers.Rsp,
        Gpr.Rbp => registers.Rbp,
        Gpr.Rsi => registers.Rsi,
        Gpr.Rdi => registers.Rdi,
        Gpr.R8 => registers.R8,
        Gpr.R9 => registers.R9,
        Gpr.R10 => registers.R10,
        Gpr.R11 => registers.R11,
        Gpr.R12 => registers.R12,
        Gpr.R13 => registers.R13,
        Gpr.R14 => registers.R14,
        Gpr.R15 => registers.R15,
        _ => throw new ArgumentOutOfRangeException(nameof(register), register, message: null),
    };
}
