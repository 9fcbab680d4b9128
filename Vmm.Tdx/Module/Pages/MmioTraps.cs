using Vmm.Core.Kvm;
using Vmm.Core.Memory;

namespace Vmm.Tdx.Module.Pages;

/// <summary>
/// Device registers in a TD's memory map: memory that nobody may touch, so that an access is caught before it happens and can become #VE. (Without
/// a slot KVM reports a write only when the instruction is done with.)
/// </summary>
public sealed class MmioTraps : IDisposable
{
    private readonly InaccessibleMemory _backing;
    private readonly MemoryRange[] _pages;
    private readonly ulong _sharedBit;

    /// <summary>Covers the pages of some ranges.</summary>
    /// <param name="ranges">Device registers, without the shared bit.</param>
    /// <param name="sharedBit">The shared bit: a TD reaches devices through shared addresses only.</param>
    public MmioTraps(IEnumerable<MemoryRange> ranges, ulong sharedBit)
    {
        _sharedBit = sharedBit;
        _pages = [.. Merge(ranges.Select(RoundToPages).OrderBy(range => range.Gpa))];
        _backing = new InaccessibleMemory(_pages.Length == 0 ? GuestMemory.PageSize : _pages.Max(range => range.Size));
    }

    /// <inheritdoc/>
    public void Dispose() => _backing.Dispose();

    /// <summary>Whether an address belongs to a device.</summary>
    /// <param name="gpa">Without the shared bit.</param>
    public bool Contains(ulong gpa)
    {
        foreach (MemoryRange range in _pages)
        {
            if (range.Contains(gpa, 1))
            {
                return true;
            }
        }

        return false;
    }

    internal void Map(KvmVm vm, int firstSlot)
    {
        foreach (MemoryRange range in _pages)
        {
            vm.SetMemory(firstSlot++, range.Gpa | _sharedBit, range.Size, _backing.Address);
        }
    }

    private static MemoryRange RoundToPages(MemoryRange range)
    {
        ulong start = range.Gpa & ~(GuestMemory.PageSize - 1);
        ulong end = (range.End + GuestMemory.PageSize - 1) & ~(GuestMemory.PageSize - 1);
        return new MemoryRange(start, end - start);
    }

    private static IEnumerable<MemoryRange> Merge(IEnumerable<MemoryRange> sorted)
    {
        MemoryRange? open = null;
        foreach (MemoryRange range in sorted)
        {
            if (open is { } current && range.Gpa <= current.End)
            {
                open = new MemoryRange(current.Gpa, Math.Max(current.End, range.End) - current.Gpa);
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = range;
        }

        if (open is { } last)
        {
            yield return last;
        }
    }
}
