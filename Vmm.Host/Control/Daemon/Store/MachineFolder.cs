using System.Text;
using Google.Protobuf;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>The folder of one machine: its definition, its state, and what its current or last run left.</summary>
/// <param name="path">The folder.</param>
internal sealed class MachineFolder(string path)
{
    // As much as fits into a request; what is larger is no file of ours.
    private const long LargestFile = 8 << 20;

    /// <summary>Name of the machine.</summary>
    public string Name { get; } = System.IO.Path.GetFileName(path);

    /// <summary>Folder that a run writes to.</summary>
    public string Run { get; } = System.IO.Path.Combine(path, "run");

    private string DefinitionFile => System.IO.Path.Combine(path, "definition.json");

    private string StateFile => System.IO.Path.Combine(path, "state.json");

    /// <summary>Makes the folder and writes a new machine into it.</summary>
    /// <exception cref="IOException">It cannot be written; nothing is left of it.</exception>
    public void Create(StoredDefinition definition, StoredState state)
    {
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Save(state);
            Save(DefinitionFile, definition);
            DiskCalls.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (IOException e)
        {
            TryRemove(path);
            throw DurableFile.IsNoRoom(e) ? new NoRoomException(path, e) : e;
        }
    }

    /// <summary>Whether <see cref="Create"/> came to its end.</summary>
    public bool IsComplete => File.Exists(DefinitionFile);

    /// <summary>Reads the definition.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says what.</exception>
    public StoredDefinition LoadDefinition()
    {
        StoredDefinition definition = Load<StoredDefinition>(DefinitionFile);
        return definition.Name == Name
            ? definition
            : throw new InvalidDataException($"{DefinitionFile}: is of a machine named \"{definition.Name}\"");
    }

    /// <summary>Reads the state.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says what.</exception>
    public StoredState LoadState()
    {
        StoredState state = Load<StoredState>(StateFile);
        return state.State is Api.State.Unspecified or Api.State.Broken || !Enum.IsDefined(state.State)
            ? throw new InvalidDataException($"{StateFile}: has no state of a machine")
            : state;
    }

    /// <summary>Writes the state.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is there.</exception>
    public void Save(StoredState state) => Save(StateFile, state);

    /// <summary>Empties the run's folder for another run.</summary>
    /// <exception cref="IOException">It cannot be emptied or made.</exception>
    public void PrepareRun()
    {
        if (Directory.Exists(Run))
        {
            Directory.Delete(Run, recursive: true);
        }

        Directory.CreateDirectory(Run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Removes all of it; what a crash leaves of that is no machine any more.</summary>
    /// <param name="rubbish">A path in the same file system that nothing else has.</param>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove(string rubbish)
    {
        Directory.Move(path, rubbish);
        DiskCalls.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
        TryRemove(rubbish);
    }

    private static void Save(string file, IMessage content) => DurableFile.Write(file, Encoding.UTF8.GetBytes(StoredText.Format(content)));

    private static T Load<T>(string file)
        where T : IMessage, new()
    {
        try
        {
            return new FileInfo(file).Length <= LargestFile
                ? StoredText.Parse<T>(File.ReadAllText(file))
                : throw new InvalidDataException("it is too large");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            string reason = e is FileNotFoundException ? "it is missing" : e.Message;
            throw new InvalidDataException($"{file}: {reason}", e);
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // The next daemon tries again.
        }
    }
}
