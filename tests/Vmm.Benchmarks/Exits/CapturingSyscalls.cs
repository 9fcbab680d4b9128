using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Benchmarks.Exits;

/// <summary>
/// The kernel's KVM; remembers the descriptor of the vCPU, so that the C loop can run it. It can also replay one exit over and over without the
/// kernel: what is left then is what user space does with an exit.
/// </summary>
internal sealed unsafe class CapturingSyscalls : IKvmSyscalls
{
    private readonly KvmSyscalls _kernel = new();
    private KvmRunArea* _area;
    private KvmRegs _registers;
    private bool _replays;

    public int Vcpu { get; private set; } = -1;

    /// <summary>From now on every KVM_RUN is the next exit, again and again.</summary>
    public void ReplayNextExit()
    {
        _ = _kernel.Run(Vcpu);
        _registers = _area->Sync.Registers.Regs;
        _replays = true;
    }

    public int Open(string path) => _kernel.Open(path);

    public int Ioctl(int file, uint request, nint argument) => _kernel.Ioctl(file, request, argument);

    public int Run(int vcpu)
    {
        if (!_replays)
        {
            return _kernel.Run(vcpu);
        }

        _area->Sync.Registers.Regs = _registers;
        return 0;
    }

    public nint Map(int vcpu, int size)
    {
        Vcpu = vcpu;
        nint area = _kernel.Map(vcpu, size);
        _area = (KvmRunArea*)area;
        return area;
    }

    public void Unmap(nint address, int size) => _kernel.Unmap(address, size);

    public int PunchHole(int file, ulong offset, ulong size) => _kernel.PunchHole(file, offset, size);

    public void Close(int file) => _kernel.Close(file);
}
