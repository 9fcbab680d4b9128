using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;
using Vmm.TdxModel;
using Vmm.TdxModel.Hardware.OnKvm;
using Vmm.TdxModel.Uapi;

namespace Vmm.Integration.Tests.Harness;

/// <summary>The backend for TDX hardware, on the model of a kernel with TDX; the model executes the TD on this machine's KVM.</summary>
public sealed class TdxBackend : ITdBackend
{
    public BackendKind Kind => BackendKind.Tdx;

    public TdxBackend() => Kernel = new TdxKernel(new TdxHost { SupportedCpuid = HostsCpuid() }, () => new KvmTd());

    /// <summary>The model.</summary>
    public TdxKernel Kernel { get; }

    public KvmSystem Open() => KvmSystem.Open(Kernel);

    public ReadOnlySpan<byte> Bytes(GuestMemory memory, ulong address, int length) =>
        memory.GetAccess(address) == PageAccess.Shared ? memory.GetSpan(address, length) : ((KvmTd)Kernel.Hardware!).PrivateBytes(address, length);

    Registers ITdBackend.Expect(Registers call, Func<Registers, Registers> expected) => (KernelAnswers.Find(call)?.Answer ?? expected)(call);

    // The model's TDs see what this machine's processor can do, since that is what they run on.
    private static CpuidBits[] HostsCpuid()
    {
        using KvmSystem kvm = KvmSystem.Open();
        return [.. kvm.GetSupportedCpuid().Select(entry => new CpuidBits(entry.Function, entry.Index, entry.Flags, entry.Eax, entry.Ebx, entry.Ecx, entry.Edx))];
    }
}
