using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>How often a vCPU made which TDCALL. Written by its own thread only; readers see each count whole, if a little late.</summary>
public sealed class TdCallCounters
{
    private readonly long[] _counts = new long[TdCallNames.Slots];

    /// <summary>All counts that are not 0, by the specification's names.</summary>
    public IEnumerable<KeyValuePair<string, long>> All() => Enumerable.Range(0, _counts.Length)
        .Select(slot => KeyValuePair.Create(TdCallNames.NameOfSlot(slot), Volatile.Read(ref _counts[slot])))
        .Where(count => count.Value != 0);

    internal void Add(TdCallLeaf leaf) => _counts[leaf.Slot()]++;
}
