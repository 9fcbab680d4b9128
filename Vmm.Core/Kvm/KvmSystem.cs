using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>/dev/kvm: what this host can do, and new VMs.</summary>
public sealed class KvmSystem : IDisposable
{
    /// <summary>Where KVM is found.</summary>
    public const string DevicePath = "/dev/kvm";

    private const int ExpectedApiVersion = 12;

    private readonly IKvmSyscalls _syscalls;
    private readonly KvmHandle _handle;
    private KvmCpuidEntry2[]? _supportedCpuid;

    private KvmSystem(IKvmSyscalls syscalls, KvmHandle handle)
    {
        _syscalls = syscalls;
        _handle = handle;
    }

    /// <summary>Opens KVM.</summary>
    /// <param name="syscalls">The kernel, unless a test stands in for it.</param>
    /// <param name="path">Device file.</param>
    /// <exception cref="KvmException">It is missing, forbidden or of another API version.</exception>
    public static KvmSystem Open(IKvmSyscalls? syscalls = null, string path = DevicePath)
    {
        syscalls ??= new KvmSyscalls();
        var handle = new KvmHandle(syscalls, KvmException.Check(syscalls.Open(path), path));
        var system = new KvmSystem(syscalls, handle);
        try
        {
            return system.ApiVersion == ExpectedApiVersion ? system : throw KvmException.Missing($"KVM API version {ExpectedApiVersion}");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>KVM_GET_API_VERSION; 12 since 2007.</summary>
    public int ApiVersion => _handle.Ioctl(KvmIoctl.GetApiVersion, 0, "KVM_GET_API_VERSION");

    /// <summary>KVM_CHECK_EXTENSION.</summary>
    /// <returns>0 if the host lacks it; else 1 or what the capability defines.</returns>
    public int CheckExtension(KvmCap capability) => Math.Max(0, _handle.TryIoctl(KvmIoctl.CheckExtension, (nint)capability));

    /// <summary>KVM_GET_SUPPORTED_CPUID: all that this host can show a guest. Asked once: a host in a VM takes milliseconds to answer.</summary>
    public KvmCpuidEntry2[] GetSupportedCpuid() => [.. _supportedCpuid ??= AskSupportedCpuid()];

    private KvmCpuidEntry2[] AskSupportedCpuid()
    {
        (int result, CpuidTable<KvmCpuid2> table) = CpuidTable<KvmCpuid2>.Grow(table => table.Pass(_handle, KvmIoctl.GetSupportedCpuid));
        KvmException.Check(result, "KVM_GET_SUPPORTED_CPUID");
        return table.Entries.ToArray();
    }

    /// <summary>KVM_CREATE_VM.</summary>
    /// <param name="type">Its kind.</param>
    public KvmVm CreateVm(KvmVmType type = KvmVmType.Default)
    {
        int runAreaSize = _handle.Ioctl(KvmIoctl.GetVcpuMmapSize, 0, "KVM_GET_VCPU_MMAP_SIZE");
        int file = _handle.Ioctl(KvmIoctl.CreateVm, (nint)type, "KVM_CREATE_VM");
        return new KvmVm(_syscalls, new KvmHandle(_syscalls, file), runAreaSize, RegistersOf(type));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    // A TD's registers are the TDX module's: KVM refuses every ioctl that would show them.
    private RegisterAccess RegistersOf(KvmVmType type) => type == KvmVmType.Tdx ? RegisterAccess.None
        : ((KvmSync)CheckExtension(KvmCap.SyncRegs)).HasFlag(KvmSync.Regs) ? RegisterAccess.SharedPage
        : RegisterAccess.Ioctl;
}
