using System.Globalization;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>
/// Where a daemon keeps its machines; one daemon at a time. Only its user may look into it: console output and definitions are nobody else's business.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string RubbishPrefix = ".deleted-";

    private readonly FileStream _lock;

    private StateFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The journal of events.</summary>
    public string Journal => System.IO.Path.Combine(Path, "events");

    /// <summary>The ledger of request ids.</summary>
    public string Ledger => System.IO.Path.Combine(Path, "requests");

    private string Machines => System.IO.Path.Combine(Path, "machines");

    /// <summary>Opens it, makes it if it is not there, and keeps other daemons out.</summary>
    /// <exception cref="UserErrorException">It cannot be used, or another daemon uses it.</exception>
    public static StateFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        string lockFile = System.IO.Path.Combine(path, "lock");
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "machines"), Private);
            File.SetUnixFileMode(path, Private);
            StateFolder folder = new(path, Take(lockFile));
            folder.RemoveRubbish();
            return folder;
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.NoPermission, $"{path}: permission denied; name a folder of yours with --state");
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot be used as the state folder: {e.Message}");
        }
    }

    /// <summary>The folder of a machine, which may not be there yet.</summary>
    public MachineFolder Machine(string name) => new(System.IO.Path.Combine(Machines, name));

    /// <summary>The folders of all machines that are there.</summary>
    public IReadOnlyList<MachineFolder> All() =>
        [.. Directory.EnumerateDirectories(Machines).Where(folder => !IsRubbish(folder)).Order(StringComparer.Ordinal).Select(folder => new MachineFolder(folder))];

    /// <summary>Where something can be moved that is no longer wanted.</summary>
    public string NewRubbish() => System.IO.Path.Combine(Machines, $"{RubbishPrefix}{Guid.NewGuid():N}");

    public void Dispose() => _lock.Dispose();

    private static bool IsRubbish(string folder) => System.IO.Path.GetFileName(folder).StartsWith(RubbishPrefix, StringComparison.Ordinal);

    // The kernel gives the lock up with the process, however that ends. Who holds it stands in another file: this one cannot be read meanwhile.
    private static FileStream Take(string file)
    {
        string holder = System.IO.Path.ChangeExtension(file, ".pid");
        try
        {
            FileStream held = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException e) when (!DurableFile.IsNoRoom(e) && File.Exists(holder))
        {
            throw new UserErrorException(
                ExitCode.CannotCreate,
                $"{System.IO.Path.GetDirectoryName(file)}: another daemon (process {File.ReadAllText(holder)}) uses this state folder; end it, or name another folder with --state");
        }
    }

    private void RemoveRubbish()
    {
        foreach (string folder in Directory.EnumerateDirectories(Machines).Where(IsRubbish).ToArray())
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
