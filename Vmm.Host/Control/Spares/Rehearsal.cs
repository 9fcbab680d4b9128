using Vmm.Host.Cli;
using Vmm.Host.Errors;
using Vmm.Host.Running;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Spares;

/// <summary>
/// Runs a tiny TD the way a daemon's machines are run, from the daemon's message on, so that a later run finds everything loaded and compiled: most of
/// the time from the start of a process to the first instruction of its guest goes into that.
/// </summary>
/// <param name="runner">Runs it.</param>
internal sealed class Rehearsal(IMachineRunner runner)
{
    // The second time compiles what the first one has only led to, e.g. what comes after the first use of a static.
    private const int Times = 2;

    /// <summary>Runs it.</summary>
    /// <exception cref="UserErrorException">Machines cannot run here; why has been printed.</exception>
    internal void Run()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vmm-spare-");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "kernel"), RehearsalGuest.Image());
            File.WriteAllText(Path.Combine(folder.FullName, "config.json"), """{ "kernel": "kernel", "td": {} }""");
            for (int i = 0; i < Times; i++)
            {
                RunOnce(folder.FullName);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // What all that has left behind is not for a process that waits.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private void RunOnce(string folder)
    {
        string[] arguments =
        [
            RunCommand.Name,
            Path.Combine(folder, "config.json"),
            $"--config-folder={folder}",
            "--name=rehearsal",
            "--memory=16M",
            $"--control={Path.Combine(folder, "s")}",
            $"--run-folder={folder}",
        ];
        SpareAssignment sent = new(arguments, folder, Output: "/dev/null", new Dictionary<string, string>(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = "" });
        using MemoryStream wire = new(sent.ToMessage());
        SpareAssignment received = SpareAssignment.Read(wire)!;
        int code = new CommandLine(new RehearsalRunner(runner), TextWriter.Null, StandardStreams.OpenErrors()).Run(received.Arguments);
        if (code != 0)
        {
            throw new UserErrorException((ExitCode)code, $"a tiny TD ended with exit code {code} instead of 0: this process is no good as a spare");
        }
    }
}
