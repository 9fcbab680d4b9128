using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>/dev/kvm.</summary>
internal sealed class ModelSystem(TdxKernel kernel) : ModelFile
{
    private const int ApiVersion = 12;
    private const ulong TdxVm = 5;

    internal override int Ioctl(uint request, ulong argument)
    {
        TdxHost host = kernel.Host;
        return request switch
        {
            Ioctls.GetApiVersion => argument == 0 ? ApiVersion : -Errno.EINVAL,
            Ioctls.CheckExtension => host.Extensions.GetValueOrDefault((uint)argument),
            Ioctls.GetVcpuMmapSize => argument == 0 ? RunPage.Size : -Errno.EINVAL,
            Ioctls.GetSupportedCpuid => CpuidBits.WriteTable(argument, host.SupportedCpuid),
            Ioctls.CreateVm => CreateVm(argument),
            _ => -Errno.ENOTTY,
        };
    }

    // kvm_arch_init_vm: a type that KVM_CAP_VM_TYPES does not have is EINVAL. The model has TDs only.
    private int CreateVm(ulong type) =>
        type == TdxVm && (kernel.Host.Extensions.GetValueOrDefault(Caps.VmTypes) >> (int)TdxVm & 1) != 0 ? kernel.Add(new ModelVm(kernel)) : -Errno.EINVAL;
}
