namespace Vmm.TdxModel.Kernel;

/// <summary>KVM_MEMORY_ENCRYPT_OP: struct kvm_tdx_cmd and its numbers (asm/kvm.h).</summary>
internal static class TdxCommands
{
    /// <summary>u32 id, u32 flags, u64 data, u64 hw_error.</summary>
    internal const int Size = 24;

    internal const uint Capabilities = 0;
    internal const uint InitVm = 1;
    internal const uint InitVcpu = 2;
    internal const uint InitMemRegion = 3;
    internal const uint FinalizeVm = 4;
    internal const uint GetCpuid = 5;

    internal static string NameOf(uint id) => id switch
    {
        Capabilities => "KVM_TDX_CAPABILITIES",
        InitVm => "KVM_TDX_INIT_VM",
        InitVcpu => "KVM_TDX_INIT_VCPU",
        InitMemRegion => "KVM_TDX_INIT_MEM_REGION",
        FinalizeVm => "KVM_TDX_FINALIZE_VM",
        GetCpuid => "KVM_TDX_GET_CPUID",
        _ => $"KVM_MEMORY_ENCRYPT_OP {id}",
    };
}
