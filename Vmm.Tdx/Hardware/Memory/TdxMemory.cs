using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Hardware.Memory;

/// <summary>
/// The memory of a TD on TDX hardware. Each region has two sides: guest_memfd holds its private pages, which nobody but the guest can read, and
/// <see cref="GuestMemory"/> the shared ones. KVM's memory attributes say which side a page is on, and a page that changes sides loses what it held.
/// </summary>
/// <param name="memory">The shared side, made by <see cref="GuestMemory.CreateSharedSide"/>.</param>
public sealed class TdxMemory(GuestMemory memory) : IPageConverter, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<GuestMemfd> _private = [];
    private KvmVm? _vm;
    private long _convertedPages;

    /// <summary>Pages converted so far, in either direction.</summary>
    public long ConvertedPages => Volatile.Read(ref _convertedPages);

    /// <summary>Gives the memory to a VM: one slot a region, all of it private. Once.</summary>
    /// <returns>The next free slot number.</returns>
    /// <exception cref="KvmException">KVM refuses.</exception>
    public int Map(KvmVm vm)
    {
        _vm = vm;
        for (int slot = 0; slot < memory.Regions.Count; slot++)
        {
            MemoryRegion region = memory.Regions[slot];
            (ulong gpa, ulong size) = (region.Range.Gpa, region.Range.Size);
            _private.Add(vm.CreateGuestMemfd(size));
            vm.SetMemory(slot, gpa, size, region.PrivateView, _private[slot]);
            int errno = vm.SetMemoryAttributes(gpa, size, KvmMemoryAttribute.Private);
            if (errno != 0)
            {
                throw KvmException.Refused($"KVM_SET_MEMORY_ATTRIBUTES 0x{gpa:x}+0x{size:x}", errno);
            }
        }

        return memory.Regions.Count;
    }

    /// <inheritdoc/>
    public MapGpaOutcome Convert(ulong gpa, ulong size, bool shared)
    {
        if (FindRegion(gpa, size, out bool touchesRam) is not { } region)
        {
            return touchesRam ? MapGpaOutcome.Refused : MapGpaOutcome.NotMemory;
        }

        lock (_gate)
        {
            // The attributes first: KVM takes the old side's pages from the guest, and only then may they go.
            if (_vm!.SetMemoryAttributes(gpa, size, shared ? KvmMemoryAttribute.None : KvmMemoryAttribute.Private) != 0)
            {
                return MapGpaOutcome.Refused;
            }

            Count(gpa, size, shared);
            return TryDiscardOldSide(region, gpa, size, shared) ? MapGpaOutcome.Converted : MapGpaOutcome.Refused;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _private.ForEach(file => file.Dispose());

    private bool TryDiscardOldSide(int region, ulong gpa, ulong size, bool shared)
    {
        try
        {
            memory.SetAccess(gpa, size, shared ? PageAccess.Shared : PageAccess.Private, discard: !shared);
            return !shared || _private[region].Discard(gpa - memory.Regions[region].Range.Gpa, size) == 0;
        }
        catch (HostMemoryException)
        {
            return false;
        }
    }

    private void Count(ulong gpa, ulong size, bool shared)
    {
        PageAccess wanted = shared ? PageAccess.Shared : PageAccess.Private;
        for (ulong page = gpa; page < gpa + size; page += GuestMemory.PageSize)
        {
            _convertedPages += memory.GetAccess(page) == wanted ? 0 : 1;
        }
    }

    private int? FindRegion(ulong gpa, ulong size, out bool touchesRam)
    {
        touchesRam = false;
        for (int i = 0; i < memory.Regions.Count; i++)
        {
            MemoryRange range = memory.Regions[i].Range;
            if (range.Contains(gpa, size))
            {
                return i;
            }

            touchesRam |= gpa < range.End && gpa + size > range.Gpa;
        }

        return null;
    }
}
