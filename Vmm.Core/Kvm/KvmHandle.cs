using System.Runtime.InteropServices;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>A file descriptor of KVM: the system, a VM or a vCPU.</summary>
public sealed class KvmHandle : SafeHandle
{
    private readonly IKvmSyscalls _syscalls;

    internal KvmHandle(IKvmSyscalls syscalls, int file)
        : base(-1, ownsHandle: true)
    {
        _syscalls = syscalls;
        SetHandle(file);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor itself: captured once by the run loop, which outlives no handle.</summary>
    internal int Descriptor => (int)handle;

    /// <summary>ioctl that must succeed.</summary>
    /// <returns>What the kernel answered.</returns>
    /// <exception cref="KvmException">It failed.</exception>
    internal int Ioctl(uint request, nint argument, string operation) => KvmException.Check(TryIoctl(request, argument), operation);

    /// <summary>ioctl whose failure means something.</summary>
    /// <returns>What the kernel answered, or a negated error number.</returns>
    internal int TryIoctl(uint request, nint argument)
    {
        bool added = false;
        try
        {
            DangerousAddRef(ref added);
            return _syscalls.Ioctl(Descriptor, request, argument);
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>ioctl that takes a structure.</summary>
    internal unsafe int Ioctl<T>(uint request, ref T argument, string operation)
        where T : unmanaged
    {
        fixed (T* pointer = &argument)
        {
            return Ioctl(request, (nint)pointer, operation);
        }
    }

    /// <summary>KVM_MEMORY_ENCRYPT_OP on a TD or one of its vCPUs.</summary>
    internal unsafe KvmTdxResult TdxCommand(KvmTdxCommand command, uint flags, ulong data)
    {
        KvmTdxCmd argument = new() { Id = command, Flags = flags, Data = data };
        int result = TryIoctl(KvmIoctl.MemoryEncryptOp, (nint)(&argument));
        return result < 0 ? new KvmTdxResult(-result, argument.HwError) : default;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _syscalls.Close(Descriptor);
        return true;
    }
}
