using System.Globalization;

namespace Vmm.Host.Control.Serving;

/// <summary>What the kernel says of this process (proc(5)).</summary>
internal static class ProcessStatus
{
    private const int KibiShift = 10;
    private const long NanosPerTick = 100;

    /// <summary>A size in /proc/self/status.</summary>
    /// <returns>Bytes; 0 if the kernel does not tell.</returns>
    internal static long Bytes(string field)
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line[(field.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out long kibi)
            ? kibi << KibiShift
            : 0;
    }

    /// <summary>Processor time of a thread.</summary>
    /// <returns>Zero for one that has ended.</returns>
    internal static TimeSpan ThreadTime(int thread)
    {
        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/schedstat"));
            return new TimeSpan(long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) / NanosPerTick);
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}
