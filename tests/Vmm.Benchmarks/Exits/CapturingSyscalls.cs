using Vmm.Core.Kvm;

namespace Vmm.Benchmarks.Exits;

/// <summary>The kernel's KVM; remembers the descriptor of the vCPU, so that the C loop can run it.</summary>
internal sealed class CapturingSyscalls : IKvmSyscalls
{
    private readonly KvmSyscalls _kernel = new();

    public int Vcpu { get; private set; } = -1;

    public int Open(string path) => _kernel.Open(path);

    public int Ioctl(int file, uint request, nint argument) => _kernel.Ioctl(file, request, argument);

    public int Run(int vcpu) => _kernel.Run(vcpu);

    public nint Map(int vcpu, int size)
    {
        Vcpu = vcpu;
        return _kernel.Map(vcpu, size);
    }

    public void Unmap(nint address, int size) => _kernel.Unmap(address, size);

    public void Close(int file) => _kernel.Close(file);
}
