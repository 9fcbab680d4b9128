namespace Vmm.Core.Machine;

/// <summary>How often a vCPU exited, by kind. Written by its own thread only; readers see each count whole, if a little late.</summary>
public sealed class ExitCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<VcpuExitKind>().Length];

    /// <summary>Exits of one kind.</summary>
    public long this[VcpuExitKind kind] => Volatile.Read(ref _counts[(int)kind]);

    /// <summary>All exits.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            foreach (ref long count in _counts.AsSpan())
            {
                total += Volatile.Read(ref count);
            }

            return total;
        }
    }

    internal void Add(VcpuExitKind kind) => _counts[(int)kind]++;
}
