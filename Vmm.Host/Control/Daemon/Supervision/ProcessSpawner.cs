using System.Collections;
using System.Runtime.InteropServices;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// Starts processes that outlive this one: a session of their own, so that no signal meant for the daemon reaches them, and files instead of pipes,
/// whose other end would go with it.
/// </summary>
internal static class ProcessSpawner
{
    private const int SIGPIPE = 13;
    private const int FirstOfNoStream = 3;
    private const uint PrivateFile = 0x180; // rw-------

    /// <summary>Starts one.</summary>
    /// <returns>Its number. It is a child of this process until somebody waits for its end.</returns>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static int Start(ProcessStart start)
    {
        ProcessCalls.OpaqueBuffer actions = default;
        ProcessCalls.OpaqueBuffer attributes = default;
        Check("posix_spawn_file_actions_init", ProcessCalls.posix_spawn_file_actions_init(ref actions));
        Check("posix_spawnattr_init", ProcessCalls.posix_spawnattr_init(ref attributes));
        nint[] arguments = CStrings([start.Program, .. start.Arguments]);
        nint[] environment = CStrings(EnvironmentOf(start));
        try
        {
            // What somebody left open to this process, a lock perhaps, would be held for as long as the child lives.
            ProcessCalls.KeepFromChildren(FirstOfNoStream);
            Redirect(ref actions, start);
            Separate(ref attributes);
            Check(start.Program, ProcessCalls.posix_spawn(out int pid, start.Program, ref actions, ref attributes, arguments, environment));
            return pid;
        }
        finally
        {
            Array.ForEach(arguments, Marshal.FreeCoTaskMem);
            Array.ForEach(environment, Marshal.FreeCoTaskMem);
            _ = ProcessCalls.posix_spawn_file_actions_destroy(ref actions);
            _ = ProcessCalls.posix_spawnattr_destroy(ref attributes);
        }
    }

    private static void Redirect(ref ProcessCalls.OpaqueBuffer actions, ProcessStart start)
    {
        const string Nothing = "/dev/null";
        const int Append = ProcessCalls.O_WRONLY | ProcessCalls.O_CREAT | ProcessCalls.O_APPEND;
        Check("standard input", start.Input is { } descriptor
            ? ProcessCalls.posix_spawn_file_actions_adddup2(ref actions, descriptor, 0)
            : ProcessCalls.posix_spawn_file_actions_addopen(ref actions, 0, Nothing, ProcessCalls.O_RDONLY, 0));
        Check("standard output", ProcessCalls.posix_spawn_file_actions_addopen(ref actions, 1, start.Output, Append, PrivateFile));
        Check("standard error", ProcessCalls.posix_spawn_file_actions_adddup2(ref actions, 1, 2));
        Check("folder", ProcessCalls.posix_spawn_file_actions_addchdir_np(ref actions, start.Folder));
    }

    // The runtime ignores SIGPIPE, and children inherit that.
    private static void Separate(ref ProcessCalls.OpaqueBuffer attributes)
    {
        ProcessCalls.OpaqueBuffer none = default;
        ProcessCalls.OpaqueBuffer ignored = default;
        _ = ProcessCalls.sigemptyset(ref none);
        _ = ProcessCalls.sigemptyset(ref ignored);
        _ = ProcessCalls.sigaddset(ref ignored, SIGPIPE);
        Check("signals", ProcessCalls.posix_spawnattr_setsigmask(ref attributes, ref none));
        Check("signals", ProcessCalls.posix_spawnattr_setsigdefault(ref attributes, ref ignored));
        Check("session", ProcessCalls.posix_spawnattr_setflags(
            ref attributes, ProcessCalls.POSIX_SPAWN_SETSID | ProcessCalls.POSIX_SPAWN_SETSIGMASK | ProcessCalls.POSIX_SPAWN_SETSIGDEF));
    }

    private static IEnumerable<string> EnvironmentOf(ProcessStart start) => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Where(variable => !start.Environment.ContainsKey((string)variable.Key))
        .Select(variable => $"{variable.Key}={variable.Value}")
        .Concat(start.Environment.Where(variable => variable.Value.Length > 0).Select(variable => $"{variable.Key}={variable.Value}"));

    private static nint[] CStrings(IEnumerable<string> strings) => [.. strings.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Check(string what, int error)
    {
        if (error != 0)
        {
            throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }
}
