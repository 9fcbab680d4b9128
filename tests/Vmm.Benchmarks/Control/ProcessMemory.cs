using System.Globalization;

namespace Vmm.Benchmarks.Control;

/// <summary>What a process has in memory, from /proc/PID/smaps: guest memory (memfd) apart from the rest.</summary>
/// <param name="ResidentMiB">Resident pages without the guest's.</param>
/// <param name="AnonymousMiB">Those of them that are no file's.</param>
/// <param name="ProportionalMiB">Resident pages without the guest's, each divided by how many processes share it.</param>
/// <param name="GuestMiB">Pages of the guest.</param>
internal sealed record ProcessMemory(double ResidentMiB, double AnonymousMiB, double ProportionalMiB, double GuestMiB)
{
    private const double KibInMib = 1024;

    public static ProcessMemory Of(int pid)
    {
        double resident = 0, anonymous = 0, proportional = 0, guest = 0;
        bool isGuest = false;
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/smaps")))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Contains('-', StringComparison.Ordinal))
            {
                // The runtime maps its own code from a memfd as well.
                isGuest = line.Contains("memfd:", StringComparison.Ordinal) && !line.Contains("doublemapper", StringComparison.Ordinal);
                continue;
            }

            if (words.Length < 3)
            {
                continue;
            }

            double value = double.TryParse(words[1], CultureInfo.InvariantCulture, out double kib) ? kib / KibInMib : 0;
            switch (words[0])
            {
                case "Rss:" when isGuest:
                    guest += value;
                    break;
                case "Rss:":
                    resident += value;
                    break;
                case "Pss:" when !isGuest:
                    proportional += value;
                    break;
                case "Anonymous:" when !isGuest:
                    anonymous += value;
                    break;
            }
        }

        return new ProcessMemory(resident, anonymous, proportional, guest);
    }
}
