namespace Vmm.Testing;

/// <summary>Bytes that were right once.</summary>
public static class Mutation
{
    /// <summary>Changes up to four bytes; now and then the end is cut off, or something is put behind it.</summary>
    /// <param name="random">Says how.</param>
    /// <param name="original">What was right.</param>
    /// <param name="buffer">Scratch space, larger than the original; what lies behind the original in it is put there.</param>
    /// <param name="favoured">Bytes at the start in which nearly all changes are.</param>
    /// <returns>The mutated bytes, in the buffer.</returns>
    public static ReadOnlySpan<byte> Of(Random random, ReadOnlySpan<byte> original, byte[] buffer, int favoured = int.MaxValue)
    {
        original.CopyTo(buffer);
        int range = random.Next(20) == 0 ? original.Length : Math.Min(original.Length, favoured);
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            int at = random.Next(range);
            buffer[at] = random.Next(4) switch
            {
                0 => (byte)(buffer[at] ^ (1 << random.Next(8))),
                1 => 0xFF,
                2 => 0,
                _ => (byte)random.Next(256),
            };
        }

        return random.Next(8) switch
        {
            0 => buffer.AsSpan(0, random.Next(original.Length)),
            1 => buffer.AsSpan(0, random.Next(original.Length, buffer.Length)),
            _ => buffer.AsSpan(0, original.Length),
        };
    }
}
