namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Why a process ended that wrote no report of its end.</summary>
internal static class LastWords
{
    private const string Prefix = "vmm: ";

    /// <summary>A sentence: what it printed last says more than a number.</summary>
    /// <param name="runFolder">Where its output is.</param>
    /// <param name="end">What the kernel tells.</param>
    public static string Of(string runFolder, ProcessEnd end)
    {
        if (end.Code is null)
        {
            return end.Reason;
        }

        try
        {
            string? last = File.ReadLines(System.IO.Path.Combine(runFolder, Launcher.OutputFile)).LastOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal));
            return last is null ? end.Reason : last[Prefix.Length..];
        }
        catch (IOException)
        {
            return end.Reason;
        }
    }
}
