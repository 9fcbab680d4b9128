using Vmm.Host.Control.Api;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Client;

/// <summary>Writes a guest's output to standard output, byte for byte.</summary>
internal static class ConsoleBytes
{
    private static readonly TimeSpan NotReady = TimeSpan.FromMilliseconds(5);

    /// <summary>Writes one piece.</summary>
    /// <returns>False when nobody reads any more.</returns>
    public static bool Write(ConsoleOutput output, TextWriter errors)
    {
        if (output.Missed > 0)
        {
            errors.WriteLine($"vmm: {output.Missed} bytes are missing here");
        }

        ReadOnlySpan<byte> data = output.Data.Span;
        while (!data.IsEmpty)
        {
            int written = TerminalCalls.Write(TerminalCalls.StandardOutput, data);
            switch (written)
            {
                case >= 0:
                    data = data[written..];
                    break;
                case -TerminalCalls.EINTR:
                    break;
                case -TerminalCalls.EAGAIN:
                    Thread.Sleep(NotReady); // someone who shares the descriptor made it non-blocking
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
