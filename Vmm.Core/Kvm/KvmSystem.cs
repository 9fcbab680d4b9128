using Vmm.Core.Interop;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>/dev/kvm: what this host can do, and new VMs.</summary>
public sealed class KvmSystem : IDisposable
{
    /// <summary>Where KVM is found.</summary>
    public const string DevicePath = "/dev/kvm";

    private const int ExpectedApiVersion = 12;
    private const int FirstCpuidCapacity = 128;
    private const int LargestCpuidCapacity = 4096;

    private readonly IKvmSyscalls _syscalls;
    private readonly KvmHandle _handle;

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

    /// <summary>KVM_GET_SUPPORTED_CPUID: all that this host can show a guest.</summary>
    public KvmCpuidEntry2[] GetSupportedCpuid()
    {
        // KVM says E2BIG without saying how much it wants.
        for (int capacity = FirstCpuidCapacity; capacity <= LargestCpuidCapacity; capacity *= 2)
        {
            var table = new CpuidTable(capacity);
            int result = table.Pass(_handle, KvmIoctl.GetSupportedCpuid);
            if (result >= 0)
            {
                return table.Entries.ToArray();
            }

            if (result != -Libc.E2BIG)
            {
                KvmException.Throw("KVM_GET_SUPPORTED_CPUID", -result);
            }
        }

        throw KvmException.Missing("KVM_GET_SUPPORTED_CPUID with a bounded table");
    }

    /// <summary>KVM_CREATE_VM.</summary>
    /// <param name="type">KVM_X86_*_VM; 0 is the ordinary one.</param>
    public KvmVm CreateVm(int type = 0)
    {
        int runAreaSize = _handle.Ioctl(KvmIoctl.GetVcpuMmapSize, 0, "KVM_GET_VCPU_MMAP_SIZE");
        int file = _handle.Ioctl(KvmIoctl.CreateVm, type, "KVM_CREATE_VM");
        return new KvmVm(_syscalls, new KvmHandle(_syscalls, file), runAreaSize, (KvmSync)CheckExtension(KvmCap.SyncRegs));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
