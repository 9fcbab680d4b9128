using Vmm.Host.Control.Daemon.Store;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Starts the process of a machine: hands it to a spare that waits, if there is one, or else starts a new one.</summary>
/// <param name="program">This program.</param>
/// <param name="runtime">Sockets.</param>
/// <param name="watcher">Sees the end of processes.</param>
/// <param name="spares">Processes that wait for work.</param>
internal sealed class Launcher(VmmProgram program, RuntimeFolder runtime, ProcessWatcher watcher, SparePool spares)
{
    /// <summary>Name of the file in a run's folder that has what the process prints to standard output and standard error.</summary>
    public const string OutputFile = "output.log";

    private const string ConfigFile = "config.json";

    // Belong to the daemon: its children are to tell systemd nothing.
    private static readonly string[] NotForMachines = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"];

    /// <summary>Starts it.</summary>
    /// <param name="definition">The machine.</param>
    /// <param name="folder">Its folder, with an empty run folder.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public SupervisedProcess Launch(StoredDefinition definition, MachineFolder folder)
    {
        string home = definition.Definition.Folder.Length > 0 ? definition.Definition.Folder : "/";
        ProcessStart start = new(
            program.Path, [.. program.Prefix, .. Arguments(definition, folder, home)], home, Environment(runtime), Path.Combine(folder.Run, OutputFile));
        return spares.TryGive(start with { Arguments = [.. start.Arguments.Skip(program.Prefix.Count)] }) ?? watcher.WatchChild(ProcessSpawner.Start(start));
    }

    /// <summary>The variables that every process of a machine gets.</summary>
    public static Dictionary<string, string> Environment(RuntimeFolder runtime)
    {
        Dictionary<string, string> variables = NotForMachines.ToDictionary(name => name, _ => "", StringComparer.Ordinal);
        variables[NoticeSocket.Variable] = runtime.Notices;
        return variables;
    }

    private IEnumerable<string> Arguments(StoredDefinition stored, MachineFolder folder, string home)
    {
        Api.Definition definition = stored.Definition;
        yield return "run";
        if (definition.Config.Length > 0)
        {
            string config = Path.Combine(folder.Run, ConfigFile);
            File.WriteAllText(config, definition.Config);
            yield return config;
            yield return $"--config-folder={home}";
        }

        yield return $"--name={stored.Name}";
        foreach ((string option, string value) in definition.Options.Where(option => option.Key != "name"))
        {
            yield return $"--{option}={value}";
        }

        foreach (string device in definition.Devices)
        {
            yield return $"--device={device}";
        }

        foreach (string plugin in definition.Plugins)
        {
            yield return $"--plugin={plugin}";
        }

        yield return $"--control={runtime.PrepareControl(stored.Name)}";
        yield return $"--run-folder={folder.Run}";
    }
}
