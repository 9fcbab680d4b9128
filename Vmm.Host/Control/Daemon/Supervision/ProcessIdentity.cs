using System.Globalization;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>A process, told apart from others that get the same number before or after it.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Start">When it was started, in the kernel's ticks since the host's start (field 22 of /proc/PID/stat).</param>
internal readonly record struct ProcessIdentity(int Pid, ulong Start)
{
    private const int StateField = 3;
    private const int StartField = 22;

    /// <summary>The process that has a number now; null if there is none, or only what is left of one that has ended.</summary>
    public static ProcessIdentity? Of(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));

            // The name, in parentheses, may hold anything; what follows it is field 3.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not ("Z" or "X") && ulong.TryParse(fields[StartField - StateField], out ulong start) ? new ProcessIdentity(pid, start) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
