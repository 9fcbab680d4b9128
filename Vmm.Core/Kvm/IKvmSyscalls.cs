namespace Vmm.Core.Kvm;

/// <summary>
/// The system calls that KVM is made of. This is the one place where a test can stand in for the kernel; everything above it is real.
/// </summary>
/// <remarks>Every method answers like the kernel: a result that is not negative, or a negated error number.</remarks>
public interface IKvmSyscalls
{
    /// <summary>Opens a device file for reading and writing, close-on-exec.</summary>
    int Open(string path);

    /// <summary>ioctl(2).</summary>
    /// <param name="file">File descriptor.</param>
    /// <param name="request">ioctl number.</param>
    /// <param name="argument">Value or address, as the request wants it.</param>
    int Ioctl(int file, uint request, nint argument);

    /// <summary>ioctl(KVM_RUN): apart from <see cref="Ioctl"/>, because it is the hot path.</summary>
    int Run(int vcpu);

    /// <summary>Maps the page that a vCPU shares with KVM.</summary>
    nint Map(int vcpu, int size);

    /// <summary>Unmaps it.</summary>
    void Unmap(nint address, int size);

    /// <summary>fallocate(2): gives a run of a file's pages back, and keeps its size.</summary>
    int PunchHole(int file, ulong offset, ulong size);

    /// <summary>close(2).</summary>
    void Close(int file);
}
