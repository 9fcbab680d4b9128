using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Network;

/// <summary>The program passt, which gives a guest the network of the user who runs it, without any privilege: one process for each network card.</summary>
/// <param name="tcpPorts">Ports of the host that lead to the guest, as passt's option <c>--tcp-ports</c> has them, e.g. <c>2222:22</c>; none when empty.</param>
/// <param name="udpPorts">The same for <c>--udp-ports</c>.</param>
public sealed class Passt(string tcpPorts, string udpPorts)
{
    private const string DefaultProgram = "passt";

    // It needs a tenth of a second; a machine that starts must not hang because it does.
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);

    /// <summary>The MTU that it tells guests.</summary>
    public const ushort Mtu = 65520;

    /// <summary>The program.</summary>
    internal string Program { get; init; } = DefaultProgram;

    /// <summary>How long it has to become ready.</summary>
    internal TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>Starts it and waits until it is ready. It ends when the socket is closed, be it by the end of this process.</summary>
    /// <returns>Our end of the connection.</returns>
    /// <exception cref="IOException">It is not there, or refuses, or does not become ready.</exception>
    public Socket Start()
    {
        (int ours, int theirs) = Libc.CreateSocketPair();
        Socket socket = new(new SafeSocketHandle(ours, ownsHandle: true));
        try
        {
            Run(theirs);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            Libc.Close(theirs);
        }
    }

    // Once it is ready it goes on in the background, and what was started here ends.
    private void Run(int connection)
    {
        using Process process = Launch(connection);
        Task<string> words = process.StandardError.ReadToEndAsync();
        if (!words.Wait(Patience) || !process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new IOException($"{Program} is not ready after {Patience.TotalSeconds:0.###} s");
        }

        if (process.ExitCode != 0)
        {
            throw new IOException($"{Program} says '{LastOf(words.Result)}'");
        }
    }

    // It complains where there is no system log, too.
    private static string LastOf(string words) => words
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault(line => !line.EndsWith("to syslog", StringComparison.Ordinal), "nothing");

    private Process Launch(int connection)
    {
        ProcessStartInfo start = new(Program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Add("--fd", $"{connection}");
        Add("--tcp-ports", tcpPorts);
        Add("--udp-ports", udpPorts);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"cannot start {Program}: {Marshal.GetPInvokeErrorMessage(exception.NativeErrorCode)}; it is a package of that name", exception);
        }

        void Add(string option, string value)
        {
            if (value.Length != 0)
            {
                start.ArgumentList.Add(option);
                start.ArgumentList.Add(value);
            }
        }
    }
}
