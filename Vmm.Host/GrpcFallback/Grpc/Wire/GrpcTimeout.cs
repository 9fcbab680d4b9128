using System.Globalization;

namespace Grpc.Wire;

/// <summary>The header <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    internal const string Header = "grpc-timeout";

    private const long LargestNumber = 99_999_999;
    private const int MostDigits = 8;

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>Writes a timeout, rounded up: nobody is to be given less time than was asked for.</summary>
    internal static string Format(TimeSpan timeout)
    {
        long ticks = Math.Max(timeout.Ticks, 1);
        foreach ((char unit, long size) in Units)
        {
            long number = ((ticks - 1) / size) + 1;
            if (number <= LargestNumber)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{LargestNumber}H");
    }

    internal static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MostDigits + 1 ||
            !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'n' => number / TimeSpan.NanosecondsPerTick,
            'u' => number * TimeSpan.TicksPerMicrosecond,
            'm' => number * TimeSpan.TicksPerMillisecond,
            'S' => number * TimeSpan.TicksPerSecond,
            'M' => number * TimeSpan.TicksPerMinute,
            'H' => number * TimeSpan.TicksPerHour,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }
}
