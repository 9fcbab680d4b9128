namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Sizes for people: <c>4K</c>, <c>2M</c>.</summary>
internal static class SizeText
{
    private const ulong Step = 1024;

    /// <summary>In the largest unit that divides it.</summary>
    internal static string Of(ulong bytes)
    {
        const string Units = "KMGT";
        int unit = -1;
        while (bytes >= Step && bytes % Step == 0 && unit < Units.Length - 1)
        {
            bytes /= Step;
            unit++;
        }

        return unit < 0 ? $"0x{bytes:x}" : $"{bytes}{Units[unit]}";
    }
}
