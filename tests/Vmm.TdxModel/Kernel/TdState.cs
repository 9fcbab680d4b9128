namespace Vmm.TdxModel.Kernel;

/// <summary>enum kvm_tdx_state.</summary>
internal enum TdState
{
    Uninitialized,
    Initialized,
    Runnable,
}
