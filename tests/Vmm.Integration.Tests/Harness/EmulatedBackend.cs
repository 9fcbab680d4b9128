using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;

namespace Vmm.Integration.Tests.Harness;

/// <summary>The software TDX module on this machine's KVM.</summary>
public sealed class EmulatedBackend : ITdBackend
{
    public BackendKind Kind => BackendKind.Emulated;

    public KvmSystem Open() => KvmSystem.Open();

    public ReadOnlySpan<byte> Bytes(GuestMemory memory, ulong address, int length) => memory.GetSpan(address, length);

    Registers ITdBackend.Expect(Registers call, Func<Registers, Registers> expected) => expected(call);
}
