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
    public MmioTraps(MemoryRange[] ranges, ulong sharedBit)
    {
        _sharedBit = sharedBit;
        _pages = Merge(Array.ConvertAll(ranges, RoundToPages));
        ulong longest = GuestMemory.PageSize;
        foreach (MemoryRange range in _pages)
        {
            longest = Math.Max(longest, range.Size);
        }

        _backing = new InaccessibleMemory(longest);
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

    private static MemoryRange[] Merge(MemoryRange[] ranges)
    {
        Array.Sort(ranges, (one, other) => one.Gpa.CompareTo(other.Gpa));
        List<MemoryRange> merged = [];
        foreach (MemoryRange range in ranges)
        {
            if (merged.Count > 0 && range.Gpa <= merged[^1].End)
            {
                merged[^1] = new MemoryRange(merged[^1].Gpa, Math.Max(merged[^1].End, range.End) - merged[^1].Gpa);
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged.ToArray();
    }
}
