using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Kvm;

/// <summary>The kernel's own KVM.</summary>
public sealed unsafe partial class KvmSyscalls : IKvmSyscalls
{
    private const string Library = "libc";
    private const int OpenReadWrite = 2;
    private const int OpenCloseOnExec = 0x80000;

    /// <inheritdoc/>
    public int Open(string path)
    {
        int file = open(path, OpenReadWrite | OpenCloseOnExec);
        return file >= 0 ? file : -Marshal.GetLastPInvokeError();
    }

    /// <inheritdoc/>
    public int Ioctl(int file, uint request, nint argument)
    {
        int result = ioctl(file, request, argument);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// errno is read only after a failure and without the marshaller's help, which would cost more than the rest of the exit path. The
    /// runtime may suspend this thread on the way out and disturb errno: what KVM_RUN cannot have said is taken for EINTR, the caller goes
    /// round again, and the kernel repeats itself if it was an error.
    /// </remarks>
    public int Run(int vcpu)
    {
        int result = ioctl_run(vcpu, KvmIoctl.Run, 0);
        if (result >= 0)
        {
            return result;
        }

        int errno = Marshal.GetLastSystemError();
        return errno is 0 or Libc.EAGAIN ? -Libc.EINTR : -errno;
    }

    /// <inheritdoc/>
    public nint Map(int vcpu, int size) => Libc.TryMapFile(vcpu, (ulong)size, Libc.ProtReadWrite);

    /// <inheritdoc/>
    public void Unmap(nint address, int size) => Libc.Unmap((byte*)address, (ulong)size);

    /// <inheritdoc/>
    public int PunchHole(int file, ulong offset, ulong size) => Libc.TryPunchHole(file, offset, size) ? 0 : -Marshal.GetLastPInvokeError();

    /// <inheritdoc/>
    public void Close(int file) => Libc.Close(file);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    // ioctl is variadic in C; on linux/x86-64 a fixed third argument travels in the same register.
    [LibraryImport(Library, SetLastError = true)]
    private static partial int ioctl(int file, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "ioctl")]
    private static partial int ioctl_run(int file, nuint request, nint argument);
}
