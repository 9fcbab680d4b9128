using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>Memory slots and attributes of a VM (virt/kvm/kvm_main.c).</summary>
internal sealed class GuestPages(ModelVm vm)
{
    private const ulong PageSize = ModelMemfd.PageSize;
    private const uint MaxSlots = 32767;
    private const uint GuestMemfdFlag = 1 << 2;
    private const ulong PrivateAttribute = 1 << 3;
    private const int RegionSize = 32;
    private const int Region2Size = 160;
    private const int AttributesSize = 32;

    private readonly SortedDictionary<uint, ModelSlot> _slots = [];
    private readonly HashSet<ulong> _private = [];

    internal IEnumerable<ModelSlot> Slots => _slots.Values.OrderBy(slot => slot.Gpa);

    internal ModelSlot? Find(ulong gpa) => _slots.Values.FirstOrDefault(slot => slot.Contains(gpa));

    internal bool IsPrivate(ulong gpa) => _private.Contains(gpa / PageSize);

    /// <summary>KVM_SET_USER_MEMORY_REGION and KVM_SET_USER_MEMORY_REGION2: kvm_set_memory_region.</summary>
    internal int SetRegion(ulong argument, bool second, Func<int, ModelFile?> file)
    {
        if (UserMemory.Read(argument, second ? Region2Size : RegionSize) is not { } region)
        {
            return -Errno.EFAULT;
        }

        (uint id, uint flags) = (region.U32(0), region.U32(4));
        (ulong gpa, ulong size, ulong host) = (region.U64(8), region.U64(16), region.U64(24));
        (ulong offset, int memfd) = second ? (region.U64(32), (int)region.U32(40)) : (0UL, 0);
        bool hasMemfd = (flags & GuestMemfdFlag) != 0;
        if (((gpa | size | host) % PageSize) != 0
            || id > MaxSlots
            || gpa + size < gpa
            || (flags & ~GuestMemfdFlag) != 0
            || (hasMemfd && (!second || offset % PageSize != 0 || offset + size < offset)))
        {
            return -Errno.EINVAL;
        }

        if (size == 0)
        {
            return _slots.Remove(id) ? 0 : -Errno.EINVAL;
        }

        if (_slots.TryGetValue(id, out ModelSlot? old))
        {
            // Slots with guest_memfd can be deleted, but not changed.
            return old.Memfd is not null || hasMemfd || old.Size != size ? -Errno.EINVAL : 0;
        }

        if (vm.SharedBit is { } bit && gpa + size > bit)
        {
            return -Errno.EINVAL;
        }

        if (_slots.Values.Any(slot => gpa < slot.End && gpa + size > slot.Gpa))
        {
            return -Errno.EEXIST;
        }

        return hasMemfd ? Bind(new ModelSlot(id, gpa, size, host, file(memfd) as ModelMemfd, offset)) : Add(new ModelSlot(id, gpa, size, host, null, 0));
    }

    /// <summary>KVM_SET_MEMORY_ATTRIBUTES: kvm_vm_ioctl_set_mem_attributes.</summary>
    internal int SetAttributes(ulong argument)
    {
        if (UserMemory.Read(argument, AttributesSize) is not { } change)
        {
            return -Errno.EFAULT;
        }

        (ulong gpa, ulong size, ulong attributes, ulong flags) = (change.U64(0), change.U64(8), change.U64(16), change.U64(24));
        if (flags != 0 || (attributes & ~PrivateAttribute) != 0 || size == 0 || gpa + size < gpa || (gpa | size) % PageSize != 0)
        {
            return -Errno.EINVAL;
        }

        for (ulong page = gpa / PageSize; page < (gpa + size) / PageSize; page++)
        {
            _ = attributes != 0 ? _private.Add(page) : _private.Remove(page);
        }

        vm.Hardware?.Convert(gpa, size, attributes != 0);
        return 0;
    }

    // kvm_gmem_bind
    private int Bind(ModelSlot slot)
    {
        if (slot.Memfd is null)
        {
            return -Errno.EBADF;
        }

        if (slot.Memfd.Vm != vm || slot.Offset + slot.Size > slot.Memfd.Size)
        {
            return -Errno.EINVAL;
        }

        if (slot.Memfd.Slots.Any(other => slot.Offset < other.Offset + other.Size && slot.Offset + slot.Size > other.Offset))
        {
            return -Errno.EEXIST;
        }

        slot.Memfd.Slots.Add(slot);
        return Add(slot);
    }

    private int Add(ModelSlot slot)
    {
        _slots.Add(slot.Id, slot);
        return 0;
    }
}
