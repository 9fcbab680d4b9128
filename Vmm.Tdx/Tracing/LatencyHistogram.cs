using System.Numerics;

namespace Vmm.Tdx.Tracing;

/// <summary>
/// How often something took how long, in a fixed number of buckets: exact to the nanosecond below 8 ns, above that eight buckets to each power
/// of two, so a value told from it is off by 6.25 % at the most.
/// </summary>
public sealed class LatencyHistogram
{
    private const int BitsPerOctave = 3;
    private const int BucketsPerOctave = 1 << BitsPerOctave;
    private const int LargestExponent = 40; // some 18 minutes
    private const int Buckets = (LargestExponent - BitsPerOctave + 2) * BucketsPerOctave;

    private readonly uint[] _buckets = new uint[Buckets];

    /// <summary>How many were counted.</summary>
    public long Count => Sum(_buckets);

    /// <summary>Counts one; for one thread at a time.</summary>
    public void Add(long nanoseconds) => _buckets[Bucket((ulong)Math.Max(nanoseconds, 0))]++;

    /// <summary>Takes over what another one has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < Buckets; i++)
        {
            _buckets[i] += other._buckets[i];
        }
    }

    /// <summary>How many took less than some time.</summary>
    /// <param name="exponent">The time as a power of two, in nanoseconds: such times lie between buckets, and the answer is exact.</param>
    public long CountBelow(int exponent) => Sum(_buckets.AsSpan(0, Bucket(1UL << exponent)));

    /// <summary>The median in nanoseconds: the middle of its bucket; 0 when nothing was counted.</summary>
    public double Median()
    {
        long total = Count;
        long before = 0;
        for (int i = 0; i < Buckets; i++)
        {
            before += _buckets[i];
            if (total > 0 && before * 2 >= total)
            {
                return Middle(i);
            }
        }

        return 0;
    }

    private static long Sum(ReadOnlySpan<uint> buckets)
    {
        long sum = 0;
        foreach (uint count in buckets)
        {
            sum += count;
        }

        return sum;
    }

    private static int Bucket(ulong value)
    {
        if (value < BucketsPerOctave)
        {
            return (int)value;
        }

        int shift = BitOperations.Log2(value) - BitsPerOctave;
        return Math.Min(((shift + 1) << BitsPerOctave) + (int)((value >> shift) & (BucketsPerOctave - 1)), Buckets - 1);
    }

    private static double Middle(int bucket)
    {
        if (bucket < BucketsPerOctave)
        {
            return bucket;
        }

        int shift = (bucket >> BitsPerOctave) - 1;
        double first = (ulong)(BucketsPerOctave + (bucket & (BucketsPerOctave - 1))) << shift;
        return first + ((Math.ScaleB(1, shift) - 1) / 2);
    }
}
