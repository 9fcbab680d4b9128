using System.Net.Sockets;
using Vmm.Host.Cli;
using Vmm.Host.Running;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Spares;

/// <summary>
/// A process that a daemon has started before there is a machine for it: it warms up, says so with one byte on the socket that is its standard input,
/// waits there for what it is to become, and then is that. When the daemon is gone it ends.
/// </summary>
/// <param name="runner">Runs machines.</param>
internal sealed class SpareProcess(IMachineRunner runner)
{
    private const byte Ready = (byte)'R';

    /// <summary>Waits, and becomes what it is told.</summary>
    /// <returns>The exit code.</returns>
    internal int Run()
    {
        new Rehearsal(runner).Run();
        SpareAssignment? assignment = Await();
        if (assignment is null)
        {
            return 0;
        }

        assignment.TakeOver();
        using TextWriter output = StandardStreams.OpenOutput();
        using TextWriter errors = StandardStreams.OpenErrors();
        return new CommandLine(runner, output, errors).Run(assignment.Arguments);
    }

    private static SpareAssignment? Await()
    {
        SafeSocketHandle handle = new(TerminalCalls.StandardInput, ownsHandle: false);
        using NetworkStream daemon = new(new Socket(handle), ownsSocket: true);
        try
        {
            daemon.WriteByte(Ready);
            return SpareAssignment.Read(daemon);
        }
        catch (IOException)
        {
            return null; // the daemon is gone
        }
    }
}
