using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Spares;

/// <summary>
/// Runs a tiny TD the way a daemon's machines are run, so that a later run finds everything loaded and compiled: most of the time from the start of a
/// process to the first instruction of its guest goes into that.
/// </summary>
/// <param name="runner">Runs it.</param>
internal sealed class Rehearsal(IMachineRunner runner)
{
    // The second time compiles what the first one has only led to, e.g. what comes after the first use of a static.
    private const int Times = 2;

    /// <summary>Runs it.</summary>
    /// <exception cref="UserErrorException">Machines cannot run here.</exception>
    internal void Run()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vmm-spare-");
        try
        {
            string kernel = Path.Combine(folder.FullName, "kernel");
            string config = Path.Combine(folder.FullName, "config.json");
            File.WriteAllBytes(kernel, RehearsalGuest.Image());
            File.WriteAllText(config, """{ "kernel": "kernel", "memory": "16M", "td": {} }""");
            for (int i = 0; i < Times; i++)
            {
                RunOnce(config, folder.FullName);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // What all that has left behind is not for a process that waits.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private void RunOnce(string config, string folder)
    {
        MachineConfig machine = ConfigLoader.Load(config, new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "rehearsal" }, devices: []);
        int code = runner.Run(new RunRequest(machine) { ControlSocket = Path.Combine(folder, "s"), RunFolder = folder, IsRehearsal = true });
        if (code != 0)
        {
            throw new UserErrorException(ExitCode.Internal, $"a tiny TD ended with exit code {code} instead of 0: this process is no good as a spare");
        }
    }
}
