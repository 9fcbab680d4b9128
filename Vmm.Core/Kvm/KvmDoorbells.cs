using Vmm.Core.Pci;

namespace Vmm.Core.Kvm;

/// <summary>Doorbells that KVM hears by itself (KVM_IOEVENTFD). What it refuses stays an exit, which works as well and costs more.</summary>
/// <param name="vm">The VM; outlives this.</param>
/// <param name="sharedBit">What the guest adds to addresses of devices; 0 for an ordinary guest.</param>
public sealed class KvmDoorbells(KvmVm vm, ulong sharedBit) : IDoorbells
{
    private readonly bool _anySize = vm.CheckExtension(KvmCap.IoeventfdAnyLength) != 0;

    /// <inheritdoc/>
    public void Connect(Doorbell bell, ulong gpa) => Set(bell, gpa, connect: true);

    /// <inheritdoc/>
    public void Disconnect(Doorbell bell, ulong gpa) => Set(bell, gpa, connect: false);

    // Without a size KVM need not decode the instruction, where the processor tells the address (its "fast MMIO").
    private void Set(Doorbell bell, ulong gpa, bool connect) => vm.TryConnectWrites(bell.Descriptor, gpa | sharedBit, _anySize ? 0 : bell.Size, connect);
}
