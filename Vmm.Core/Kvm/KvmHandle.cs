using System.Runtime.InteropServices;

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

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _syscalls.Close(Descriptor);
        return true;
    }
}
