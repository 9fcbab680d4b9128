using Vmm.Host.Control.Api;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Client;

/// <summary>Writes a guest's output to standard output, byte for byte.</summary>
internal static class ConsoleBytes
{
    /// <summary>Writes one piece.</summary>
    /// <returns>False when nobody reads any more.</returns>
    public static bool Write(ConsoleOutput output, TextWriter errors)
    {
        if (output.Missed > 0)
        {
            errors.WriteLine($"vmm: {output.Missed} bytes are missing here");
        }

        return TerminalCalls.WriteAll(TerminalCalls.StandardOutput, output.Data.Span) == 0;
    }
}
