using Vmm.Core.Kvm;
using Vmm.Core.Memory;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>
/// The shared half of a TD's addresses: one memory slot for each run of shared pages, on the very memory that the VMM under test gave to the model.
/// Private pages have no slot there, so that an access through the shared bit comes out.
/// </summary>
/// <param name="vm">The VM in which the TD is executed.</param>
/// <param name="firstSlot">First free slot number.</param>
/// <param name="memory">The TD's memory.</param>
/// <param name="sharedBit">The bit that makes an address shared.</param>
internal sealed class SharedSlots(KvmVm vm, int firstSlot, IReadOnlyList<TdMemorySlot> memory, ulong sharedBit)
{
    private readonly SortedSet<ulong> _pages = [];
    private readonly Dictionary<ulong, (int Slot, ulong Size)> _runs = []; // by first address
    private readonly Stack<int> _free = [];
    private int _nextSlot = firstSlot;

    internal void Convert(ulong gpa, ulong size, bool isPrivate)
    {
        for (ulong page = gpa; page < gpa + size; page += GuestMemory.PageSize)
        {
            if (memory.Any(slot => page >= slot.Gpa && page < slot.Gpa + slot.Size))
            {
                _ = isPrivate ? _pages.Remove(page) : _pages.Add(page);
            }
        }

        Update();
    }

    // Runs that are as they were keep their slots.
    private void Update()
    {
        Dictionary<ulong, ulong> wanted = Runs();
        foreach ((ulong start, (int slot, ulong size)) in _runs.ToArray())
        {
            if (!wanted.TryGetValue(start, out ulong same) || same != size)
            {
                vm.SetMemory(slot, start | sharedBit, 0, 0);
                _free.Push(slot);
                _runs.Remove(start);
            }
        }

        foreach ((ulong start, ulong size) in wanted)
        {
            if (!_runs.ContainsKey(start))
            {
                int slot = _free.Count > 0 ? _free.Pop() : _nextSlot++;
                TdMemorySlot owner = memory.First(one => start >= one.Gpa && start < one.Gpa + one.Size);
                vm.SetMemory(slot, start | sharedBit, size, (nint)(owner.HostAddress + (start - owner.Gpa)));
                _runs.Add(start, (slot, size));
            }
        }
    }

    private Dictionary<ulong, ulong> Runs()
    {
        Dictionary<ulong, ulong> runs = [];
        ulong start = 0;
        ulong end = 0;
        foreach (ulong page in _pages)
        {
            if (page != end || runs.Count == 0 || memory.Any(slot => slot.Gpa == page))
            {
                start = page;
            }

            end = page + GuestMemory.PageSize;
            runs[start] = end - start;
        }

        return runs;
    }
}
