using Vmm.Core.Kvm;

namespace Vmm.Core.Tests.Kvm;

/// <summary>The kernel's KVM, with one ioctl answered by the test.</summary>
/// <param name="answer">Gets request and argument; null leaves the call to the kernel.</param>
internal sealed class DecoratedSyscalls(Func<uint, nint, int?> answer) : IKvmSyscalls
{
    private readonly KvmSyscalls _kernel = new();

    /// <summary>A kernel without KVM_CAP_SYNC_REGS.</summary>
    public static DecoratedSyscalls WithoutSync() =>
        new((request, argument) => request == KvmIoctl.CheckExtension && argument == (nint)KvmCap.SyncRegs ? 0 : null);

    public int Open(string path) => _kernel.Open(path);

    public int Ioctl(int file, uint request, nint argument) => answer(request, argument) ?? _kernel.Ioctl(file, request, argument);

    public int Run(int vcpu) => _kernel.Run(vcpu);

    public nint Map(int vcpu, int size) => _kernel.Map(vcpu, size);

    public void Unmap(nint address, int size) => _kernel.Unmap(address, size);

    public int PunchHole(int file, ulong offset, ulong size) => _kernel.PunchHole(file, offset, size);

    public void Close(int file) => _kernel.Close(file);
}
