using System.Runtime.InteropServices;
using Vmm.Host.Control.Api;
using Vmm.Host.Errors;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Client;

/// <summary>Writes a guest's output to standard output, byte for byte.</summary>
internal static class ConsoleBytes
{
    /// <summary>Writes one piece.</summary>
    /// <returns>False when nobody reads any more.</returns>
    /// <exception cref="UserErrorException">It cannot be written, above all because a disk is full.</exception>
    public static bool Write(ConsoleOutput output, TextWriter errors)
    {
        if (output.Missed > 0)
        {
            errors.WriteLine($"vmm: {output.Missed} bytes are missing here");
        }

        return TerminalCalls.WriteAll(TerminalCalls.StandardOutput, output.Data.Span) switch
        {
            0 => true,
            TerminalCalls.EPIPE => false,
            int error => throw new UserErrorException(ExitCode.CannotCreate, $"standard output: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }
}
