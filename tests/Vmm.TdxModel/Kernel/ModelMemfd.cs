namespace Vmm.TdxModel.Kernel;

/// <summary>A guest_memfd: which of its pages are there. Their contents are with the hardware.</summary>
internal sealed class ModelMemfd(ModelVm vm, ulong size) : ModelFile
{
    internal const ulong PageSize = 4096;

    private readonly HashSet<ulong> _pages = [];

    internal ModelVm Vm => vm;

    internal ulong Size => size;

    /// <summary>Pages that take host memory.</summary>
    internal int PageCount => _pages.Count;

    /// <summary>Slots that use it.</summary>
    internal List<ModelSlot> Slots { get; } = [];

    internal bool Contains(ulong offset) => _pages.Contains(offset / PageSize);

    internal void Allocate(ulong offset) => _pages.Add(offset / PageSize);

    /// <summary>fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE): kvm_gmem_fallocate in virt/kvm/guest_memfd.c.</summary>
    internal int PunchHole(ulong offset, ulong length)
    {
        if (length == 0 || offset % PageSize != 0 || length % PageSize != 0)
        {
            return -Uapi.Errno.EINVAL;
        }

        _pages.RemoveWhere(page => page * PageSize >= offset && page * PageSize < offset + length);
        return 0;
    }
}
