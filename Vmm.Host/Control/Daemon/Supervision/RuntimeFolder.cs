using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Where the sockets are: gone after a restart of the host, as are all processes. Only the daemon's user may look into it.</summary>
internal sealed class RuntimeFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // sun_path of struct sockaddr_un, with a zero byte at its end.
    private const int LongestSocketPath = 107;

    private readonly string _path;

    private RuntimeFolder(string path) => _path = path;

    /// <summary>The daemon's own socket.</summary>
    public string Daemon => Path.Combine(_path, "daemon.sock");

    /// <summary>Where the processes of machines say that something happened.</summary>
    public string Notices => Path.Combine(_path, "notify.sock");

    /// <summary>A path for a socket that is there for a moment.</summary>
    public string NewSpareSocket() => Path.Combine(_path, $"s-{Guid.NewGuid().ToString("N")[..8]}");

    private string Machines => Path.Combine(_path, "machines");

    /// <summary>Opens it, and makes it if it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="open">Others may pass through it to the daemon's socket, which then has rules of its own.</param>
    /// <exception cref="UserErrorException">It cannot be used.</exception>
    public static RuntimeFolder Open(string path, bool open)
    {
        RuntimeFolder folder = new(Path.GetFullPath(path));
        try
        {
            Directory.CreateDirectory(folder._path, Private);
            File.SetUnixFileMode(folder._path, open ? Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : Private);
            Directory.CreateDirectory(folder.Machines, Private);
            return folder;
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.NoPermission, $"{path}: permission denied; name a folder of yours with --runtime");
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot be used as the runtime folder: {e.Message}");
        }
    }

    /// <summary>The control socket of a machine's process.</summary>
    public string Control(string machine) => Path.Combine(Machines, machine, "control.sock");

    /// <summary>Whether a machine of this name can have a control socket: their paths are short.</summary>
    public bool HasRoomFor(string machine) => System.Text.Encoding.UTF8.GetByteCount(Control(machine)) <= LongestSocketPath;

    /// <summary>The control socket of a machine that is about to be started.</summary>
    public string PrepareControl(string machine)
    {
        Directory.CreateDirectory(Path.Combine(Machines, machine), Private);
        string socket = Control(machine);
        File.Delete(socket);
        return socket;
    }

    /// <summary>Removes what is left of a machine.</summary>
    public void Remove(string machine)
    {
        string folder = Path.Combine(Machines, machine);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
