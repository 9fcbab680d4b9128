namespace Vmm.Core.Kvm;

/// <summary>guest_memfd: memory that only the guest can reach, the private side of its slots.</summary>
public sealed class GuestMemfd : IDisposable
{
    private readonly IKvmSyscalls _syscalls;
    private readonly KvmHandle _handle;

    internal GuestMemfd(IKvmSyscalls syscalls, KvmHandle handle, ulong size)
    {
        _syscalls = syscalls;
        _handle = handle;
        Size = size;
    }

    /// <summary>Size in bytes.</summary>
    public ulong Size { get; }

    internal int Descriptor => _handle.Descriptor;

    /// <summary>Gives pages back to the host; the guest's mappings of them go too.</summary>
    /// <param name="offset">Page-aligned offset.</param>
    /// <param name="size">Page-aligned size in bytes.</param>
    /// <returns>0, or an error number.</returns>
    public int Discard(ulong offset, ulong size) => -_syscalls.PunchHole(Descriptor, offset, size);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
