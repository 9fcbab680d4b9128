namespace Vmm.TdxModel;

/// <summary>One system call that reached the model.</summary>
/// <param name="Number">How many came before it.</param>
/// <param name="Name">What the kernel's headers call it, and for KVM_MEMORY_ENCRYPT_OP and KVM_ENABLE_CAP which one, e.g. <c>KVM_TDX_INIT_VM</c>.</param>
/// <param name="Result">What was answered: not negative, or a negated error number.</param>
public sealed record KernelCall(int Number, string Name, int Result);
