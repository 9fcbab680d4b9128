using System.Globalization;

namespace Vmm.Host.Configuration;

/// <summary>An amount of memory, written as a number of MiB or with a suffix: <c>512</c>, <c>"512M"</c>, <c>"1G"</c>.</summary>
/// <param name="Bytes">The amount in bytes.</param>
public readonly record struct MemorySize(ulong Bytes)
{
    private const int KibiShift = 10;
    private const int MebiShift = 20;
    private const int GibiShift = 30;
    private const int TebiShift = 40;

    /// <summary>Parses an amount; a number without a suffix counts MiB.</summary>
    /// <returns>False when it is no amount or too large to count.</returns>
    public static bool TryParse(string text, out MemorySize size)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        if (digits.EndsWith("iB", StringComparison.Ordinal))
        {
            digits = digits[..^2];
        }

        if (digits.IsEmpty)
        {
            size = default;
            return false;
        }

        int shift = char.ToUpperInvariant(digits[^1]) switch
        {
            'K' => KibiShift,
            'M' => MebiShift,
            'G' => GibiShift,
            'T' => TebiShift,
            _ => 0,
        };
        digits = shift == 0 ? digits : digits[..^1].TrimEnd();
        shift = shift == 0 ? MebiShift : shift;
        bool ok = ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) && count <= ulong.MaxValue >> shift;
        size = ok ? new MemorySize(count << shift) : default;
        return ok;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        bool gibi = Bytes % (1UL << GibiShift) == 0 && Bytes != 0;
        return gibi ? $"{Bytes >> GibiShift} GiB" : Bytes % (1UL << MebiShift) == 0 ? $"{Bytes >> MebiShift} MiB" : $"{Bytes >> KibiShift} KiB";
    }
}
